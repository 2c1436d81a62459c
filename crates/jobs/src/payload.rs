//! Reading a job's payload, and the ways a handler gives up.

use crate::context::Context;
use db::contents::Content;
use model::{ContentHash, Preset};
use queue::Failure;
use serde_json::Value;

/// The content a job is about.
pub(crate) fn content_hash(payload: &Value) -> Result<ContentHash, Failure> {
    let text = payload.get("contentHash").and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).ok_or_else(|| unusable("contentHash"))
}

/// The preset a job is about.
pub(crate) fn preset(payload: &Value) -> Result<&'static Preset, Failure> {
    let name = payload.get("preset").and_then(Value::as_str);
    name.and_then(Preset::named).ok_or_else(|| unusable("preset"))
}

/// The page a job is about; nothing when it is about all of them.
pub(crate) fn page(payload: &Value) -> Result<Option<u32>, Failure> {
    match payload.get("page") {
        None => Ok(None),
        Some(page) => match page.as_u64().and_then(|page| u32::try_from(page).ok()) {
            Some(page @ 1..) => Ok(Some(page)),
            _ => Err(unusable("page")),
        },
    }
}

/// The content's row.
pub(crate) async fn content(context: &Context, hash: &ContentHash) -> Result<Content, Failure> {
    let find = async { db::contents::find(&mut *context.pool.acquire().await?, hash).await };
    find.await.map_err(|error| again(error.into()))?.ok_or_else(gone)
}

/// The content was deleted while the job waited.
pub(crate) fn gone() -> Failure {
    Failure::Final { code: "content-gone".into(), error: "The content was deleted before this job ran.".into() }
}

/// The machine's fault: the next attempt may go better.
pub(crate) fn again(error: anyhow::Error) -> Failure {
    Failure::Retry { error: format!("{error:#}"), after: None }
}

fn unusable(field: &str) -> Failure {
    Failure::Final { code: "bad-payload".into(), error: format!("The job's payload has no usable {field}.") }
}
