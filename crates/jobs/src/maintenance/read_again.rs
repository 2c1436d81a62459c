//! A text whose file is gone while its row is there, say after a restore without `derived/`: the job that makes such a text is
//! put in, once however many ask for it.

use crate::kinds::text_extract;
use crate::ocr::{self, Ocr};
use db::artifacts::Artifact;
use model::{ContentHash, JobKind, OCR_TEXT, Priority};
use queue::{Filter, JobRecord, Status};
use sqlx::PgConnection;

/// What becomes of a lost text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The job that makes it was put in. After the commit wake the queue.
    Begun,
    /// A job in flight makes it, or one has made it since.
    Underway,
    /// Nothing makes it unless a person sees to it. A sentence says why.
    Over(String),
    /// Its row is gone, too.
    Gone,
}

/// Has a lost text made again, whose row was `seen` before its file was found missing. Where that has been tried in vain since
/// the text was made, it is not tried again by itself: a person may run the failed job again.
pub async fn read_again(conn: &mut PgConnection, ocr: Option<&Ocr>, seen: &Artifact) -> Result<Again, queue::Error> {
    let (hash, name) = (&seen.content_hash, seen.name.as_str());
    let Some(content) = db::contents::find(conn, hash).await? else { return Ok(Again::Gone) };
    // A first reading makes all texts.
    if !content.status.is_final() {
        return Ok(Again::Underway);
    }
    let is_recognised = name == OCR_TEXT || content.facts.ocr.is_some_and(|ocr| ocr.pages > 0);
    // What leads to the text; the last of the kinds writes it.
    let (kinds, job) = match (is_recognised, ocr) {
        (false, _) => ([JobKind::TextExtract].as_slice(), text_extract::new_job(hash)),
        (true, Some(ocr)) => {
            ([JobKind::OcrExternal, JobKind::OcrProcess].as_slice(), ocr::new_recognition_job(ocr, hash, None))
        }
        (true, None) => {
            return Ok(Again::Over(
                "Its text, which was recognised in pictures, was lost, and text recognition is off (ENABLE_OCR)."
                    .into(),
            ));
        }
    };
    let mut last = None;
    for &kind in kinds {
        last = newest(conn, hash, kind).await?;
        if last.as_ref().is_some_and(|job| matches!(job.status, Status::Pending | Status::Processing)) {
            return Ok(Again::Underway);
        }
    }
    // The jobs first, then the row: a job that is over has written it.
    let Some(lost) = db::artifacts::find(conn, hash, name).await? else { return Ok(Again::Gone) };
    if lost.created_at != seen.created_at {
        return Ok(Again::Underway);
    }
    // A job that began before the text was made has made it, or has nothing to do with this loss.
    let in_vain = last.filter(|job| job.started_at.unwrap_or(job.created_at) > lost.created_at);
    if let Some(job) = in_vain {
        return Ok(Again::Over(sentence(&job)));
    }
    // Somebody waits for it.
    let enqueued = queue::enqueue(conn, &job.priority(Priority::High as i16)).await?;
    Ok(if enqueued.duplicate { Again::Underway } else { Again::Begun })
}

async fn newest(conn: &mut PgConnection, hash: &ContentHash, kind: JobKind) -> Result<Option<JobRecord>, queue::Error> {
    let filter = Filter { kind: Some(kind.name().into()), subject: Some(hash.to_string()), ..Filter::default() };
    Ok(queue::list(conn, &filter, None, 1).await?.pop())
}

fn sentence(job: &JobRecord) -> String {
    match (job.status, &job.error) {
        (Status::Completed, _) => "Its text was lost, and reading it again did not bring it back.".into(),
        (Status::Cancelled, _) => "Its text was lost, and the job that reads it again was cancelled.".into(),
        (_, Some(error)) => format!("Its text was lost, and reading it again failed: {error}"),
        (_, None) => "Its text was lost, and reading it again failed.".into(),
    }
}
