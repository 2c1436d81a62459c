//! The job that recognises what a run of the engine could not read as text.

use super::local_engine::Ocr;
use super::pages::pages_of;
use crate::context::Context;
use crate::kinds::{ocr_external, ocr_process};
use model::{ContentHash, Report};
use queue::{Job, NewJob};
use sqlx::PgConnection;

/// Puts the job in, in the transaction that ends the run. Pages that could not be recognised before are tried again: somebody
/// asked for the content to be read anew. False when there is nothing to do.
pub(crate) async fn follow_up(
    conn: &mut PgConnection,
    context: &Context,
    job: &Job,
    hash: &ContentHash,
    report: &Report,
) -> anyhow::Result<bool> {
    let Some(ocr) = context.ocr.as_ref().filter(|_| is_wanted(context, report)) else { return Ok(false) };
    db::ocr::forget_failures(conn, hash).await?;
    queue::enqueue(conn, &new_recognition_job(ocr, hash, job.limit_key.as_deref())).await?;
    Ok(true)
}

/// Whether there is something to recognise, and somebody who does.
pub(crate) fn is_wanted(context: &Context, report: &Report) -> bool {
    let mime = report.mime.as_deref().unwrap_or_default();
    context.ocr.is_some() && report.outcome.is_success() && !pages_of(&report.facts, mime).is_empty()
}

/// The job by which a content's pages come to be recognised: outside first, where that is set. It stands behind the limit of
/// the person whose file it is (`files_key`).
pub(crate) fn new_recognition_job(ocr: &Ocr, hash: &ContentHash, files_key: Option<&str>) -> NewJob {
    match ocr.external_first {
        true => ocr_external::new_job(hash),
        false => ocr_process::new_job(ocr.run(hash), files_key),
    }
}
