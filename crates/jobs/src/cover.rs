//! The face of a document that can be drawn: a small image of its first page, made after everything that somebody waits for.

use crate::enqueue;
use model::{ContentHash, Report};
use sqlx::PgConnection;

/// Puts in the job that makes it, in the transaction that ends the run. False when there is none to be made.
pub(crate) async fn follow_up(conn: &mut PgConnection, hash: &ContentHash, report: &Report) -> anyhow::Result<bool> {
    let is_drawn = report.mime.as_deref() == Some("application/pdf");
    let Some(job) = enqueue::cover(hash).filter(|_| is_drawn && report.outcome.is_success()) else { return Ok(false) };
    queue::enqueue(conn, &job).await?;
    Ok(true)
}
