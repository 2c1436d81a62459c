//! Reading a content again that was read before. What it has is never given for less: a run that ends worse than the last, or finds
//! no text where there was some, changes nothing.

use crate::context::Context;
use crate::engine_run::{Attempt, EngineOutput, run_attempt};
use crate::failure::Failure;
use crate::persist::{announce, record_artifacts, store_artifacts};
use crate::retry_policy::{RetryDecision, retry_decision};
use crate::search_text::SearchText;
use crate::{cover, mails, ocr};
use db::contents::Content;
use db::readings::{Left, Listed, Reading};
use model::{ContentStatus, DEFAULT_PRESETS, ReadOcr, Report, Task};
use queue::Job;
use sqlx::PgConnection;

/// How often a content is begun: the second time alone, with all of the readers' memory.
const MOST_ATTEMPTS: i16 = 2;

/// Reads one content of a list again. It leaves the list, unless it is to be tried once more or its text is to be recognised.
pub(crate) async fn reread(context: &Context, job: &Job, reading: &Reading, listed: Listed) -> Result<(), Failure> {
    let Listed { hash, attempts } = &listed;
    let mut conn = context.pool.acquire().await?;
    let content = db::contents::find(&mut conn, hash).await?.filter(|content| content.status.is_final());
    let Some(content) = content else {
        // What is read anew at the moment, for a new file, need not be read twice; what is gone cannot be.
        return Ok(db::readings::leave(&mut conn, reading.id, hash, Left::Done).await?);
    };
    if *attempts > MOST_ATTEMPTS {
        // Twice it has brought down the whole program.
        return Ok(db::readings::leave(&mut conn, reading.id, hash, Left::Failed).await?);
    }
    drop(conn);
    let presets = DEFAULT_PRESETS.iter().copied().map(String::from).collect();
    // A new file is read meanwhile, whatever is read again.
    let attempt = Attempt { number: *attempts, may_take_last: false };
    let read = run_attempt(context, job, &content, Task::Ingest { presets }, attempt).await.map_err(Failure::of)?;
    if let RetryDecision::Retry(_) = retry_decision(&read.report.outcome, *attempts, MOST_ATTEMPTS) {
        return Ok(());
    }
    persist(context, job, reading, &content, &read).await.map_err(Failure::of)
}

async fn persist(
    context: &Context,
    job: &Job,
    reading: &Reading,
    content: &Content,
    read: &EngineOutput,
) -> anyhow::Result<()> {
    let (hash, report) = (&content.hash, &read.report);
    let is_recognised = reading.ocr != ReadOcr::Off && ocr::is_wanted(context, report);
    let is_kept = is_worse(content, report, is_recognised);
    if !is_kept {
        store_artifacts(context, hash, &report.artifacts, &read.file).await?;
    }
    let text = if is_kept { None } else { SearchText::of(report, &read.file).await? };
    let mut tx = db::begin(&context.pool).await?;
    let now = db::contents::lock(&mut tx, hash).await?;
    // Read for somebody else meanwhile, or deleted.
    if now.is_none_or(|now| (now.processed_at, now.status) != (content.processed_at, content.status)) {
        db::readings::leave(&mut tx, reading.id, hash, Left::Done).await?;
        tx.commit().await?;
        return Ok(());
    }
    let left = if report.outcome.is_success() { Left::Done } else { Left::Failed };
    if is_kept {
        db::contents::keep_as_read(&mut tx, content).await?;
        announce(&mut tx, hash, content.status).await?;
        db::readings::leave(&mut tx, reading.id, hash, left).await?;
        tx.commit().await?;
        context.announcer.announce();
        return Ok(());
    }
    let old_images = replace(&mut tx, content, report, text.as_ref(), is_recognised).await?;
    cover::follow_up(&mut tx, hash, report, job.limit_key.as_deref()).await?;
    mails::follow_up(&mut tx, context, hash).await?;
    if is_recognised {
        if reading.ocr == ReadOcr::Force {
            db::ocr::forget(&mut tx, hash).await?;
        }
        ocr::follow_up(&mut tx, context, job, hash, report).await?;
        db::readings::mark_recognising(&mut tx, reading.id, hash).await?;
    } else {
        db::readings::leave(&mut tx, reading.id, hash, left).await?;
    }
    tx.commit().await?;
    context.cache_budget.spend(&report.artifacts);
    context.announcer.announce();
    context.queue.wake();
    for name in old_images {
        // What is left has no row, and the sweep takes it.
        if let Err(error) = context.store.remove_artifact(hash, &name).await {
            tracing::warn!(%error, content.hash = %hash, artifact = name, "an image of an earlier reader was not removed");
        }
    }
    Ok(())
}

/// Writes what was read in the place of what was there. Images of other presets are those of an earlier reader: they are made again when
/// somebody asks. Says which.
async fn replace(
    conn: &mut PgConnection,
    content: &Content,
    report: &Report,
    text: Option<&SearchText>,
    is_recognised: bool,
) -> anyhow::Result<Vec<String>> {
    let hash = &content.hash;
    record_artifacts(conn, hash, report, text).await?;
    let mut status = db::contents::finish(conn, hash, report).await?;
    // Its earlier text is there until what is recognised takes its place.
    if is_recognised && content.status == ContentStatus::Completed && status == ContentStatus::Visual {
        status = content.status;
        db::contents::set_status(conn, hash, status).await?;
    }
    announce(conn, hash, status).await?;
    if !report.outcome.is_success() {
        return Ok(vec![]);
    }
    let made: Vec<&str> = report.artifacts.iter().map(|part| part.name.as_str()).collect();
    Ok(db::artifacts::delete_other_cached(conn, hash, &made).await?)
}

/// Whether the content would have less than before.
fn is_worse(content: &Content, report: &Report, is_recognised: bool) -> bool {
    if content.status == ContentStatus::Failed {
        return false;
    }
    let had_recognised = content.facts.ocr.as_ref().is_some_and(|ocr| ocr.pages > 0);
    let loses_text = content.status == ContentStatus::Completed && (had_recognised || !report.has_text());
    !report.outcome.is_success() || (loses_text && !is_recognised)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ArtifactPart, ContentHash, EXTRACTED_TEXT, Facts, Outcome, Recognised};
    use time::OffsetDateTime;

    fn content(status: ContentStatus, recognised_pages: u32) -> Content {
        let ocr = Recognised {
            engine: "tesseract".into(),
            languages: "eng".into(),
            pages: recognised_pages,
            confidence: None,
        };
        Content {
            hash: ContentHash::from_digest([1; 32]),
            size_bytes: 1,
            mime: "application/pdf".into(),
            format: Some("pdf".into()),
            extension: None,
            status,
            outcome: Some(Outcome::Ok),
            facts: Facts { ocr: (recognised_pages > 0).then_some(ocr), ..Facts::default() },
            warnings: vec![],
            created_at: OffsetDateTime::UNIX_EPOCH,
            started_at: None,
            processed_at: None,
            reader_version: 1,
        }
    }

    fn with_text() -> Report {
        let (name, mime) = (EXTRACTED_TEXT.into(), "text/plain; charset=utf-8".into());
        let text = ArtifactPart { name, mime, offset: 0, size_bytes: 5, width: None, height: None };
        Report { artifacts: vec![text], ..Report::of(Outcome::Ok) }
    }

    #[test]
    fn what_was_read_is_never_given_for_less() {
        use ContentStatus::{Completed, Failed, Visual};
        let (text, pictures, died) = (with_text(), Report::of(Outcome::Ok), Report::of(Outcome::Timeout));
        let cases: [(ContentStatus, u32, &Report, bool, bool); 11] = [
            (Completed, 0, &text, false, false),
            (Completed, 0, &pictures, false, true),
            (Completed, 0, &pictures, true, false),
            (Completed, 0, &died, false, true),
            (Completed, 2, &text, false, true),
            (Completed, 2, &text, true, false),
            (Completed, 2, &pictures, true, false),
            (Visual, 0, &pictures, false, false),
            (Visual, 0, &died, false, true),
            (Failed, 0, &died, false, false),
            (Failed, 0, &text, false, false),
        ];
        for (status, recognised, report, follows, expected) in cases {
            let found = is_worse(&content(status, recognised), report, follows);
            assert_eq!(found, expected, "{status:?}, {recognised} recognised, then {report:?}, {follows}");
        }
    }
}
