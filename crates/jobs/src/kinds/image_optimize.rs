//! `image-optimize`: derive one preset somebody asked for.

use super::new_job::content_job;
use crate::context::Context;
use crate::derive::derive;
use crate::failure::{self, Failure};
use crate::turns::cover_limit;
use model::{ContentHash, JobKind, Preset, Priority, Task};
use queue::{Done, Job, Limit, NewJob};
use serde::{Deserialize, Serialize};

/// What the job is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// The content.
    pub content_hash: ContentHash,
    /// The preset's name.
    pub preset: String,
}

/// The preset a document's cover is made by.
const COVER_PRESET: &str = "thumbnail";

/// Derive one preset. The limit says whose turn it takes.
pub fn new_job(hash: &ContentHash, preset: &Preset, limit: Limit) -> NewJob {
    let payload = Payload { content_hash: hash.clone(), preset: preset.name.into() };
    content_job(JobKind::ImageOptimize, hash, format!("optimize:{hash}:{}", preset.name), &payload).limit(limit)
}

/// Make the small image of a document's first page. Nobody has asked for it, so it waits behind everything else. `files_key` is that of
/// the limit of the files it is one of.
pub(crate) fn new_cover_job(hash: &ContentHash, files_key: Option<&str>) -> Option<NewJob> {
    Preset::named(COVER_PRESET)
        .map(|preset| new_job(hash, preset, cover_limit(files_key)).priority(Priority::Low as i16))
}

/// Runs one job.
pub(super) async fn run(context: Context, job: Job, payload: Payload) -> Result<Done, Failure> {
    let unknown = || failure::bad_payload(format!("there is no preset {:?}", payload.preset));
    let preset = Preset::named(&payload.preset).ok_or_else(unknown)?;
    derive(&context, &job, &payload.content_hash, Task::Optimize { presets: vec![preset.name.into()] }).await
}
