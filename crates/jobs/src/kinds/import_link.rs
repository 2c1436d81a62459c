//! `import-link`: fetch a file by link and add it to a drive, once.

use crate::context::WorkerContext;
use crate::failure::Failure;
use crate::imports::{Counted, ImportError, fetch};
use model::{ImportLink, wire::Code};
use queue::{Done, Job};
use serde_json::json;
use sqlx::PgPool;
use std::convert::Infallible;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// Between two notes of how far it is.
const NOTE_PAUSE: Duration = Duration::from_millis(500);
/// From this age on a job's attempts count whatever the processor is at, so that each ends.
const PATIENCE: time::Duration = time::Duration::days(1);

/// Runs one job. The processor writes down that the import has become a file in the file's transaction, so that whoever begins the job
/// again finds it done.
pub(super) async fn run(context: WorkerContext, job: Job, payload: ImportLink) -> Result<Done, Failure> {
    let mut conn = context.pool.acquire().await?;
    let Some(import) = db::imports::find(&mut conn, payload.import_id).await? else {
        return Err(Failure::fatal("import-gone", "The import, its drive or its file was deleted."));
    };
    if let Some(file_id) = import.file_id {
        return Ok(done(file_id));
    }
    // Before anybody is asked in the name of somebody who may not any more; the processor asks again when the file is added.
    if !db::imports::is_allowed(&mut conn, &import).await? {
        return Err(no_right());
    }
    drop(conn);
    let counted = Counted::default();
    let fetched = tokio::select! {
        fetched = fetch(&context.imports, &context.processor, &import, &counted) => fetched,
        never = keep_noted(&context.pool, &job, import.id, &counted) => match never {},
    };
    match fetched {
        Ok(file_id) => Ok(done(file_id)),
        Err(error) => ended(&job, error),
    }
}

fn done(file_id: Uuid) -> Done {
    Done::Result(json!({"fileId": file_id}))
}

fn no_right() -> Failure {
    Failure::fatal("not-an-editor", "Who asked for it may not add files to the drive any more.")
}

fn ended(job: &Job, error: ImportError) -> Result<Done, Failure> {
    match error {
        ImportError::Outbound(error) if error.is_temporary() && !job.is_last_attempt() => Err(Failure::retry(error)),
        ImportError::Outbound(error) => Err(Failure::fatal(error.code(), error)),
        ImportError::Refused(Code::DriveNotFound | Code::NotAnEditor, _) => Err(no_right()),
        ImportError::Refused(code, sentence) => Err(Failure::fatal(code.name().replace('_', "-"), sentence)),
        ImportError::NotNow(_, sentence) if OffsetDateTime::now_utc() - job.created_at > PATIENCE => {
            Err(Failure::retry(sentence))
        }
        ImportError::NotNow(pause, sentence) => {
            tracing::warn!(error = sentence, ?pause, "a file that was fetched waits for the processor");
            Ok(Done::Snooze(pause))
        }
    }
}

/// Writes down how far it is as long as somebody waits for this. What cannot be written down harms nothing.
async fn keep_noted(pool: &PgPool, job: &Job, id: Uuid, counted: &Counted) -> Infallible {
    let mut noted = None;
    loop {
        tokio::time::sleep(NOTE_PAUSE).await;
        let now = (counted.bytes(), counted.length_bytes());
        if noted == Some(now) {
            continue;
        }
        noted = Some(now);
        if let Err(error) = note(pool, job, id, now).await {
            tracing::debug!(error = format!("{error:#}"), "progress was not noted");
        }
    }
}

async fn note(pool: &PgPool, job: &Job, id: Uuid, (bytes, length_bytes): (u64, Option<u64>)) -> anyhow::Result<()> {
    let mut conn = pool.acquire().await?;
    db::imports::advance(&mut conn, id, bytes, length_bytes).await?;
    let percent = length_bytes.map_or(0, |length| bytes.saturating_mul(100) / length.max(1)).min(100);
    Ok(job.progress(&mut conn, percent as u8, "fetch").await?)
}
