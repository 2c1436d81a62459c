//! What every new file ends in, however its bytes came: content, file, job and event, in the caller's transaction.

use crate::context::Context;
use crate::kinds::ingest_file;
use crate::mails;
use crate::turns::person_limit;
use db::contents::Content;
use db::files::{FileRef, NewFile};
use model::{ContentHash, ContentStatus, EventKind, JobKind, Outcome, file_name};
use queue::Enqueued;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Bytes that the store has.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// Their SHA-256.
    pub hash: &'a ContentHash,
    /// How many.
    pub size_bytes: u64,
    /// The media type that they are served with until they have been read.
    pub mime: &'a str,
}

/// A file that was added.
#[derive(Debug)]
pub struct Added {
    /// The file.
    pub file: FileRef,
    /// Nobody had these bytes before.
    pub is_new: bool,
    /// The person may know whether somebody had.
    pub may_know: bool,
    /// The content's job in flight, if it needs one.
    pub job: Option<Enqueued>,
}

/// Adds a file of bytes that the store has, of `editor` where the caller has people of ours. Whether that person may is the caller's
/// business.
pub async fn add_file(
    conn: &mut PgConnection,
    context: &Context,
    stored: &Stored<'_>,
    new: &NewFile<'_>,
    editor: Option<Uuid>,
) -> Result<Added, queue::Error> {
    let Stored { hash, size_bytes, mime } = *stored;
    let extension = file_name::extension(new.name);
    let content = db::contents::upsert_pending(conn, hash, size_bytes, mime, extension.as_deref()).await?;
    let status = match content.status {
        ContentStatus::Failed => try_again(conn, hash, extension.as_deref()).await?,
        status => status,
    };
    let may_know = may_know(conn, editor, hash).await?;
    let file = db::files::insert(conn, new).await?;
    let limit = || person_limit(JobKind::IngestFile, new.owner, context.ingest_slots);
    // A known content is worked on already, or done; its new file follows it either way.
    let job = match status {
        ContentStatus::Pending | ContentStatus::Processing => {
            Some(queue::enqueue(conn, &ingest_file::new_job(hash, limit())).await?)
        }
        // Without a job of its own the file would tell that somebody else has these bytes.
        _ if !may_know => Some(queue::enqueue(conn, &ingest_file::new_known_job(hash, file.id, limit())).await?),
        ContentStatus::Completed | ContentStatus::Visual | ContentStatus::Failed => {
            mails::follow_up_file(conn, context, file.id).await?;
            None
        }
    };
    let status = if may_know { status } else { ContentStatus::Pending };
    let data = json!({"name": new.name, "contentHash": hash, "sizeBytes": size_bytes, "status": status});
    db::events::insert(conn, EventKind::FileCreated, file.drive_id, Some(file.id), data).await?;
    Ok(Added { file, is_new: content.is_new, may_know, job })
}

/// Whether a content that comes now is read, as far as is known before the transaction.
pub async fn needs_job(
    conn: &mut PgConnection,
    hash: &ContentHash,
    extension: Option<&str>,
    editor: Option<Uuid>,
) -> Result<bool, sqlx::Error> {
    let Some(known) = db::contents::find(conn, hash).await? else { return Ok(true) };
    Ok(may_be_read_now(&known, extension) || !may_know(conn, editor, hash).await?)
}

/// Whether it may be told that a content was here before. A person may know of what is in a file that person can see; a caller that
/// has people of its own decides for itself what to tell them.
async fn may_know(conn: &mut PgConnection, editor: Option<Uuid>, hash: &ContentHash) -> Result<bool, sqlx::Error> {
    match editor {
        Some(editor) => Ok(db::library::rights(conn, editor, hash).await?.can_see),
        None => Ok(true),
    }
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
/// same and no better reader has come; everything else was the machine's fault, or somebody's who cancelled the job, and whoever
/// sends the bytes now knows nothing of that.
fn may_be_read_now(known: &Content, extension: Option<&str>) -> bool {
    let is_final = was_refused(known)
        && known.extension.as_deref() == extension
        && known.reader_version >= model::reader_version(known.format.as_deref());
    known.status == ContentStatus::Failed && !is_final
}

fn was_refused(known: &Content) -> bool {
    matches!(known.outcome, Some(Outcome::Rejected { .. }))
}
