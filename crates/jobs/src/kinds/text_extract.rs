//! `text-extract`: extract a content's text again, say because its files were lost.

use super::new_job::content_job;
use crate::context::Context;
use crate::derive::derive;
use crate::failure::Failure;
use model::{ContentHash, JobKind, Task};
use queue::{Done, Job, NewJob};
use serde::{Deserialize, Serialize};

/// What the job is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// The content.
    pub content_hash: ContentHash,
}

/// Extract a content's text again.
pub fn new_job(hash: &ContentHash) -> NewJob {
    let payload = Payload { content_hash: hash.clone() };
    content_job(JobKind::TextExtract, hash, format!("extract:{hash}"), &payload)
}

/// Runs one job.
pub(super) async fn run(context: Context, job: Job, payload: Payload) -> Result<Done, Failure> {
    derive(&context, &job, &payload.content_hash, Task::ExtractText).await
}
