//! `image-optimize`: derive one preset somebody asked for.

use crate::context::Context;
use crate::derive::derive;
use crate::payload;
use model::Task;
use queue::{Done, Failure, Job};

/// Runs one job.
pub(crate) async fn handle(context: &Context, job: &Job) -> Result<Done, Failure> {
    let preset = payload::preset(&job.payload)?;
    let task = Task::Optimize { presets: vec![preset.name.into()] };
    derive(context, job, &payload::content_hash(&job.payload)?, task).await
}
