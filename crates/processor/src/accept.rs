//! The one path of every upload, however its bytes came: kept durably, then content, file, job and event in one
//! transaction, as every new file is added. What is acknowledged cannot be lost, and no file waits for a job that was never put in.

use crate::AppState;
use crate::error::Error;
use crate::origin::Origin;
use crate::sniff;
use db::drives::Role;
use db::files::NewFile;
use db::upload_keys::{Answered, KeyedUpload, Taken};
use jobs::{Added, Stored, add_file, needs_job};
use model::{ContentHash, file_name};
use queue::JobId;
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
    /// Our person who has to be an editor of the drive, or its owner, where the caller has people of ours.
    pub(crate) editor: Option<Uuid>,
    /// PageSpace's page that it is the file of.
    pub(crate) page_id: Option<&'a str>,
    /// What the editor calls the upload.
    pub(crate) key: Option<&'a str>,
    /// Where its bytes come from.
    pub(crate) origin: Origin<'a>,
}

/// What became of an upload.
pub(crate) struct Accepted {
    /// The content's hash.
    pub(crate) hash: ContentHash,
    /// How many bytes.
    pub(crate) size_bytes: u64,
    /// The bytes were known already, as far as the person who sends them may know: from a file that person can see.
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
        if capacity.is_full() && needs_job(&mut *state.db().await?, &hash, extension.as_deref(), upload.editor).await? {
            capacity.require()?;
        }
    }
    received.keep().await?;

    let mut tx = db::begin(&context.pool).await?;
    let keyed = match upload.editor {
        Some(editor) => {
            let drive_id = require_editor(&mut tx, editor, upload.drive).await?;
            upload.key.map(|key| KeyedUpload { user_id: editor, key, drive_id, name: upload.name, content_hash: &hash })
        }
        None => None,
    };
    if let Some(keyed) = &keyed
        && let Some(Answered { file_id, deduplicated, job_id }) = take_key(&mut tx, keyed).await?
    {
        return Ok(Accepted { hash, size_bytes, deduplicated, file_id, job: job_id.map(JobId) });
    }
    if let Some(file_id) = upload.origin.hold(&mut tx).await? {
        return Ok(Accepted { hash, size_bytes, deduplicated: false, file_id, job: None });
    }
    let stored = Stored { hash: &hash, size_bytes, mime };
    let new = NewFile {
        content_hash: &hash,
        name: upload.name,
        drive: upload.drive,
        owner: upload.owner,
        page_id: upload.page_id,
    };
    let Added { file, is_new, may_know, job } = add_file(&mut tx, context, &stored, &new, upload.editor).await?;
    let deduplicated = !is_new && may_know;
    if let Some(keyed) = &keyed {
        let answered = Answered { file_id: file.id, deduplicated, job_id: job.map(|job| job.id.0) };
        db::upload_keys::answer(&mut tx, keyed.user_id, keyed.key, &answered).await?;
    }
    upload.origin.finish(&mut tx, file.id, size_bytes).await?;
    tx.commit().await?;

    if let Some(job) = job {
        state.backpressure.add(u64::from(!job.duplicate), upload.owner);
    }
    // Also without a job of its own: a mail that was read before has one that unpacks it.
    context.queue.wake();
    context.announcer.announce();
    metrics::counter!("uploads_total", "deduplicated" => (!is_new).to_string()).increment(1);
    metrics::counter!("upload_bytes_total").increment(size_bytes);
    Ok(Accepted { hash, size_bytes, deduplicated, file_id: file.id, job: job.map(|job| job.id) })
}

/// Asks again what was asked before the upload, which may have taken hours. Until the transaction ends the answer holds, so that no
/// file is added by somebody who may not any more, nor to a drive that is gone.
pub(crate) async fn require_editor(conn: &mut PgConnection, editor: Uuid, drive: Option<&str>) -> Result<Uuid, Error> {
    let drive = drive.and_then(|drive| drive.parse().ok()).ok_or(Error::DriveNotFound)?;
    match db::drives::hold_role(conn, editor, drive).await? {
        None => Err(Error::DriveNotFound),
        Some(Role::Viewer) => Err(Error::NotAnEditor),
        Some(Role::Editor | Role::Owner) => Ok(drive),
    }
}

/// What came of the same upload when it was sent before; nothing when this is the first time.
async fn take_key(conn: &mut PgConnection, keyed: &KeyedUpload<'_>) -> Result<Option<Answered>, Error> {
    match db::upload_keys::take(conn, keyed).await? {
        Taken::New => Ok(None),
        Taken::Same(answered) => Ok(Some(answered)),
        Taken::Other => Err(Error::KeyReused),
    }
}
