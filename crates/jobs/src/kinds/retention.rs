//! `retention`: lets go of rows nobody needs any more.

use super::new_job::maintenance_job;
use crate::context::WorkerContext;
use crate::failure::Failure;
use crate::maintenance::retention::retain;
use model::JobKind;
use queue::{Done, Job, NewJob};
use serde::{Deserialize, Serialize};

/// It needs to know nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {}

/// Let go of what is past its time; at most one such job is in flight.
pub fn new_job() -> NewJob {
    maintenance_job(JobKind::Retention, &Payload {})
}

/// Runs one job.
pub(super) async fn run(context: WorkerContext, _: Job, _: Payload) -> Result<Done, Failure> {
    let retained = retain(&context.pool, &context.retention).await;
    let retained = retained.map_err(Failure::of)?;
    Ok(Done::Result(serde_json::to_value(retained).map_err(Failure::retry)?))
}
