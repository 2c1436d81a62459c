//! The one path of every upload, however its bytes came: kept durably, then content, file, job and event in one
//! transaction. What is acknowledged cannot be lost, and no file waits for a job that was never put in.

use crate::AppState;
use crate::error::Error;
use crate::multipart::Fields;
use crate::{names, sniff};
use db::files::NewFile;
use model::{ContentHash, ContentStatus, EventKind};
use queue::JobId;
use serde_json::json;
use storage::Received;
use uuid::Uuid;

/// What became of an upload.
pub(crate) struct Accepted {
    /// The content's hash.
    pub(crate) hash: ContentHash,
    /// How many bytes.
    pub(crate) size_bytes: u64,
    /// The bytes were known already.
    pub(crate) deduplicated: bool,
    /// The file that was added.
    pub(crate) file_id: Uuid,
    /// The content's job in flight, if it needs one.
    pub(crate) job: Option<JobId>,
}

/// Takes a received stream as a file named `name`.
pub(crate) async fn accept(
    state: &AppState,
    received: Received,
    name: &str,
    fields: &Fields,
) -> Result<Accepted, Error> {
    let (hash, size_bytes, mime) = (received.hash.clone(), received.size_bytes, sniff::sniff(&received.head));
    received.keep().await?;

    let context = &state.context;
    let mut tx = db::begin(&context.pool).await?;
    let extension = names::extension(name);
    let content = db::contents::upsert_pending(&mut tx, &hash, size_bytes, mime, extension.as_deref()).await?;
    let new = NewFile {
        content_hash: &hash,
        name,
        drive: fields.drive_id.as_deref(),
        owner: fields.user_id.as_deref(),
        page_id: fields.page_id.as_deref(),
    };
    let file = db::files::insert(&mut tx, &new).await?;
    // A known content is worked on already, or done; its new file follows it either way.
    let job = match content.status {
        ContentStatus::Pending | ContentStatus::Processing => {
            Some(queue::enqueue(&mut tx, &jobs::enqueue::ingest(&hash)).await?.id)
        }
        ContentStatus::Completed | ContentStatus::Visual | ContentStatus::Failed => None,
    };
    let data = json!({"name": name, "contentHash": hash, "sizeBytes": size_bytes, "status": content.status});
    db::events::insert(&mut tx, EventKind::FileCreated, file.drive_id, Some(file.id), data).await?;
    tx.commit().await?;

    if job.is_some() {
        context.queue.wake();
    }
    context.announcer.announce();
    metrics::counter!("uploads_total", "deduplicated" => (!content.is_new).to_string()).increment(1);
    metrics::counter!("upload_bytes_total").increment(size_bytes);
    Ok(Accepted { hash, size_bytes, deduplicated: !content.is_new, file_id: file.id, job })
}
