//! Contents and their jobs, brought together again. A content's status is written by its job; when a job ended without its
//! handler (its file brought down the whole container, somebody cancelled it), the content would wait for ever.

use crate::kinds::ingest_file;
use crate::persist::announce;
use crate::turns::lost_job_limit;
use model::{ContentHash, ContentStatus, Outcome, Report};
use queue::{Filter, Status};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use time::OffsetDateTime;

/// What had to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Contents whose job had failed without them: they have failed now.
    pub failed: u64,
    /// Contents that had no job in flight: they have one now.
    pub enqueued: u64,
}

/// Looks at contents that have been unfinished for longer than `patience`.
pub async fn reconcile_contents(pool: &PgPool, patience: Duration) -> anyhow::Result<Reconciled> {
    let before = OffsetDateTime::now_utc() - patience;
    let unfinished = db::contents::unfinished(&mut *pool.acquire().await?, before, 10_000).await?;
    let mut reconciled = Reconciled::default();
    for hash in unfinished {
        let mut tx = db::begin(pool).await?;
        // Its job may have been finished since.
        let content = db::contents::lock(&mut tx, &hash).await?;
        if !content.is_some_and(|content| matches!(content.status, ContentStatus::Pending | ContentStatus::Processing))
        {
            continue;
        }
        match last_job(&mut tx, &hash).await? {
            Some((Status::Pending | Status::Processing, _)) => continue,
            Some((Status::Failed | Status::Cancelled, error)) => {
                fail(&mut tx, &hash, error).await?;
                reconciled.failed += 1;
            }
            Some((Status::Completed, _)) | None => {
                queue::enqueue(&mut tx, &ingest_file::new_job(&hash, lost_job_limit())).await?;
                reconciled.enqueued += 1;
            }
        }
        tx.commit().await?;
    }
    Ok(reconciled)
}

async fn last_job(conn: &mut PgConnection, hash: &ContentHash) -> anyhow::Result<Option<(Status, Option<String>)>> {
    let filter = Filter {
        unique_key_prefix: Some(ingest_file::unique_key(hash)),
        subject: Some(hash.to_string()),
        ..Filter::default()
    };
    let newest = queue::list(conn, &filter, None, 1).await?;
    Ok(newest.into_iter().next().map(|job| (job.status, job.error)))
}

async fn fail(conn: &mut PgConnection, hash: &ContentHash, error: Option<String>) -> anyhow::Result<()> {
    let detail = error.unwrap_or_else(|| "The job was cancelled.".into());
    let status = db::contents::finish(conn, hash, &Report::of(Outcome::Internal { detail })).await?;
    announce(conn, hash, status).await?;
    Ok(())
}
