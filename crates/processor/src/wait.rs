//! Waiting for a job's end for as long as a caller may be kept waiting.

use crate::AppState;
use crate::error::Error;
use queue::{JobId, JobRecord, Status};
use std::time::Duration;

/// The job once it is over, or nothing when it is not after `limit`, or when the service is about to stop.
pub(crate) async fn wait_for(state: &AppState, id: JobId, limit: Duration) -> Result<Option<JobRecord>, Error> {
    tokio::select! {
        waited = tokio::time::timeout(limit, state.context.queue.wait_until_over(id)) => waited.unwrap_or(Ok(()))?,
        () = state.shutdown.begun() => {}
    }
    let job = queue::find(&mut *state.db().await?, id).await?.ok_or(Error::JobNotFound)?;
    Ok(Some(job).filter(|job| !matches!(job.status, Status::Pending | Status::Processing)))
}
