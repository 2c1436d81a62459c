//! The cover of a document: a small image of a PDF's first page, or of the picture that a book or an office file carries of itself,
//! made after everything that somebody waits for.

use crate::kinds::image_optimize;
use model::{ContentHash, Report};
use sqlx::PgConnection;

/// Puts in the job that makes it, in the transaction that ends the run. False when there is none to be made. `files_key` is that of
/// the limit that the file was read under.
pub(crate) async fn follow_up(
    conn: &mut PgConnection,
    hash: &ContentHash,
    report: &Report,
    files_key: Option<&str>,
) -> anyhow::Result<bool> {
    let has_cover = report.mime.as_deref() == Some("application/pdf") || report.facts.cover == Some(true);
    if !report.outcome.is_success() || !has_cover {
        return Ok(false);
    }
    let Some(job) = image_optimize::new_cover_job(hash, files_key) else { return Ok(false) };
    queue::enqueue(conn, &job).await?;
    Ok(true)
}
