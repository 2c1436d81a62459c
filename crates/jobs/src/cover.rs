//! The face of a document that can be drawn: a small image of its first page, made after everything that somebody waits for.

use crate::enqueue;
use model::{ContentHash, Report};
use sqlx::PgConnection;

/// Puts in the job that makes it, in the transaction that ends the run. False when there is none to be made.
pub(crate) async fn follow_up(conn: &mut PgConnection, hash: &ContentHash, report: &Report) -> anyhow::Result<bool> {
    if !report.outcome.is_success() || report.mime.as_deref() != Some("application/pdf") {
        return Ok(false);
    }
    let Some(job) = enqueue::cover(hash) else { return Ok(false) };
    queue::enqueue(conn, &job).await?;
    Ok(true)
}
