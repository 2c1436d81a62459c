//! The ways a job gives up, or tries again.

use crate::context::Context;
use db::contents::Content;
use model::ContentHash;
use queue::Failure;
use std::fmt::Display;

/// The content's row. Without one there is nothing to be done for it.
pub(crate) async fn require_content(context: &Context, hash: &ContentHash) -> Result<Content, Failure> {
    let find = async { db::contents::find(&mut *context.pool.acquire().await?, hash).await };
    find.await.map_err(|error| retry(error.into()))?.ok_or_else(content_gone)
}

/// The content was deleted while the job waited.
pub(crate) fn content_gone() -> Failure {
    Failure::fatal("content-gone", "The content was deleted before this job ran.")
}

/// The job carries what no job of its kind carries.
pub(crate) fn bad_payload(error: impl Display) -> Failure {
    Failure::fatal("bad-payload", format!("The job's payload is not usable: {error}."))
}

/// The machine's fault: the next attempt may go better.
pub(crate) fn retry(error: anyhow::Error) -> Failure {
    Failure::retry(format!("{error:#}"))
}
