//! Waiting for a job's end without asking all the time: one listener hears of finished jobs for every request that waits.

use crate::AppState;
use crate::error::Error;
use queue::{JobId, JobRecord, Status};
use service::Shutdown;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// A notification may be lost with its connection, and some failures send none: so look now and then.
const LOOK: Duration = Duration::from_secs(1);

/// Changes whenever some job has finished.
#[derive(Debug, Clone)]
pub(crate) struct Finished(watch::Receiver<u64>);

impl Finished {
    /// Starts the listener, which ends with the service.
    pub(crate) fn listen(pool: PgPool, shutdown: Shutdown) -> Self {
        let (sender, receiver) = watch::channel(0);
        tokio::spawn(async move {
            tokio::select! {
                () = forward(&pool, &sender) => {}
                () = shutdown.begun() => {}
            }
        });
        Self(receiver)
    }
}

async fn forward(pool: &PgPool, sender: &watch::Sender<u64>) {
    loop {
        if let Err(error) = forward_until_broken(pool, sender).await {
            tracing::debug!(%error, "not hearing of finished jobs; trying again");
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn forward_until_broken(pool: &PgPool, sender: &watch::Sender<u64>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(model::CHANNEL).await?;
    loop {
        listener.recv().await?;
        sender.send_modify(|count| *count += 1);
    }
}

/// The job once it is over, or nothing when it is not after `limit`, or when the service is about to stop.
pub(crate) async fn wait_for(state: &AppState, id: JobId, limit: Duration) -> Result<Option<JobRecord>, Error> {
    let deadline = Instant::now() + limit;
    let mut finished = state.finished.0.clone();
    loop {
        // Interest first, then the look: what finishes in between is heard of.
        finished.mark_unchanged();
        let job = queue::find(&mut *state.db().await?, id).await?.ok_or(Error::JobNotFound)?;
        let left = deadline.saturating_duration_since(Instant::now());
        if !matches!(job.status, Status::Pending | Status::Processing) {
            return Ok(Some(job));
        }
        if left.is_zero() || state.shutdown.has_begun() {
            return Ok(None);
        }
        tokio::select! {
            _ = timeout(LOOK.min(left), finished.changed()) => {}
            () = state.shutdown.begun() => {}
        }
    }
}
