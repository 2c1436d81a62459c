//! The one path of every upload, however its bytes came: kept durably, then content, file, job and event in one
//! transaction. What is acknowledged cannot be lost, and no file waits for a job that was never put in.

use crate::AppState;
use crate::error::Error;
use crate::sniff;
use db::contents::Content;
use db::files::NewFile;
use model::{ContentHash, ContentStatus, EventKind, JobKind, Outcome, file_name};
use queue::JobId;
use serde_json::json;
use sqlx::PgConnection;
use storage::Received;
use uuid::Uuid;

/// A file that is to be, but for its bytes.
#[derive(Debug)]
pub(crate) struct NewUpload<'a> {
    /// Its name, cleaned.
    pub(crate) name: &'a str,
    /// The drive it goes to: ours, or PageSpace's.
    pub(crate) drive: Option<&'a str>,
    /// Whose it is, who takes its turn in the queue, too.
    pub(crate) owner: Option<&'a str>,
    /// PageSpace's page that it is the file of.
    pub(crate) page_id: Option<&'a str>,
}

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

/// Below this a file is received before it is asked whether the queue takes more: most of what a full queue would refuse so
/// is content read already, which needs no job. Larger ones are refused on their way, so that nobody sends a gigabyte for a no.
const SMALL_BYTES: u64 = 4 << 20;

/// Whether a file of so many bytes is refused at its end and not on its way.
pub(crate) fn is_small(size_bytes: u64) -> bool {
    size_bytes < SMALL_BYTES
}

/// Takes a received stream as a file. A full queue has refused a larger one while it came, and does not refuse it now.
pub(crate) async fn accept(state: &AppState, received: Received, upload: &NewUpload<'_>) -> Result<Accepted, Error> {
    let context = &state.context;
    let (hash, size_bytes, mime) = (received.hash.clone(), received.size_bytes, sniff::sniff(&received.head));
    let extension = file_name::extension(upload.name);
    if is_small(size_bytes) {
        let capacity = state.capacity(upload.owner).await?;
        if capacity.is_full() && needs_job(state, &hash, extension.as_deref()).await? {
            capacity.require()?;
        }
    }
    received.keep().await?;

    let mut tx = db::begin(&context.pool).await?;
    let content = db::contents::upsert_pending(&mut tx, &hash, size_bytes, mime, extension.as_deref()).await?;
    let status = match content.status {
        ContentStatus::Failed => try_again(&mut tx, &hash, extension.as_deref()).await?,
        status => status,
    };
    let new = NewFile {
        content_hash: &hash,
        name: upload.name,
        drive: upload.drive,
        owner: upload.owner,
        page_id: upload.page_id,
    };
    let file = db::files::insert(&mut tx, &new).await?;
    // A known content is worked on already, or done; its new file follows it either way.
    let job = match status {
        ContentStatus::Pending | ContentStatus::Processing => {
            let limit = state.person_limit(JobKind::IngestFile, upload.owner);
            Some(queue::enqueue(&mut tx, &jobs::kinds::ingest_file::new_job(&hash, limit)).await?)
        }
        ContentStatus::Completed | ContentStatus::Visual | ContentStatus::Failed => None,
    };
    let data = json!({"name": upload.name, "contentHash": hash, "sizeBytes": size_bytes, "status": status});
    db::events::insert(&mut tx, EventKind::FileCreated, file.drive_id, Some(file.id), data).await?;
    tx.commit().await?;

    if let Some(job) = job {
        state.backpressure.add(u64::from(!job.duplicate), upload.owner);
        context.queue.wake();
    }
    context.announcer.announce();
    metrics::counter!("uploads_total", "deduplicated" => (!content.is_new).to_string()).increment(1);
    metrics::counter!("upload_bytes_total").increment(size_bytes);
    Ok(Accepted { hash, size_bytes, deduplicated: !content.is_new, file_id: file.id, job: job.map(|job| job.id) })
}

/// Whether a content that comes now is read, as far as is known before the transaction.
async fn needs_job(state: &AppState, hash: &ContentHash, extension: Option<&str>) -> Result<bool, Error> {
    let known = db::contents::find(&mut *state.db().await?, hash).await?;
    Ok(known.is_none_or(|known| may_be_read_now(&known, extension)))
}

/// Puts a failed content back to pending if another run may end otherwise. Says where it stands now.
async fn try_again(
    conn: &mut PgConnection,
    hash: &ContentHash,
    extension: Option<&str>,
) -> Result<ContentStatus, sqlx::Error> {
    let Some(failed) = db::contents::find(conn, hash).await?.filter(|known| may_be_read_now(known, extension)) else {
        return Ok(ContentStatus::Failed);
    };
    if was_refused(&failed) {
        db::contents::set_extension(conn, hash, extension).await?;
    }
    db::contents::requeue_failed(conn, &[failed.hash]).await?;
    Ok(ContentStatus::Pending)
}

/// Whether a content has failed and another run may end otherwise. A refusal is final as long as the bytes are called the
/// same; everything else was the machine's fault, or somebody's who cancelled the job, and whoever sends the bytes now knows
/// nothing of that.
fn may_be_read_now(known: &Content, extension: Option<&str>) -> bool {
    known.status == ContentStatus::Failed && !(was_refused(known) && known.extension.as_deref() == extension)
}

fn was_refused(known: &Content) -> bool {
    matches!(known.outcome, Some(Outcome::Rejected { .. }))
}
