//! `text-extract`: extract a content's text again, say because its files were lost.

use crate::context::Context;
use crate::derive::derive;
use crate::payload;
use model::Task;
use queue::{Done, Failure, Job};

/// Runs one job.
pub(crate) async fn handle(context: &Context, job: &Job) -> Result<Done, Failure> {
    derive(context, job, &payload::content_hash(&job.payload)?, Task::ExtractText).await
}
