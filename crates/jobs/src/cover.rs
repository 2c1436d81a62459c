//! The face of a document: a small image of a PDF's first page, or of the picture that a book or an office file carries of itself,
//! made after everything that somebody waits for.

use crate::enqueue;
use model::{ContentHash, Report};
use sqlx::PgConnection;

/// Puts in the job that makes it, in the transaction that ends the run. False when there is none to be made.
pub(crate) async fn follow_up(conn: &mut PgConnection, hash: &ContentHash, report: &Report) -> anyhow::Result<bool> {
    let has_face = report.mime.as_deref() == Some("application/pdf") || report.facts.cover == Some(true);
    if !report.outcome.is_success() || !has_face {
        return Ok(false);
    }
    let Some(job) = enqueue::cover(hash) else { return Ok(false) };
    queue::enqueue(conn, &job).await?;
    Ok(true)
}
