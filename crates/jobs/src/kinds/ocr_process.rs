//! `ocr-process`: recognise the text of a content's pages that are pictures, one turn after the other.

use super::new_job::content_job;
use crate::context::Context;
use crate::failure::Failure;
use crate::ocr::{OcrPlan, RecognisedPage, pages_read, pages_to_read, persist_text, recognise_page};
use crate::turns::NOBODY;
use crate::{failure, progress};
use db::ocr::Run;
use model::{ContentHash, JobKind, OcrEngine, OcrLanguages, Progress};
use queue::{Done, Job, Limit, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, Instant};

/// What the job is about, and how it is done: by this engine, which is told to expect these languages. With
/// [`OcrEngine::External`] the pages were read outside, and the engine here reads those that were not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// The content.
    pub content_hash: ContentHash,
    /// The engine.
    pub engine: OcrEngine,
    /// The languages.
    pub languages: OcrLanguages,
}

/// Documents of one person that stand in line for text recognition, which takes turns.
const PERSON_SHARE: i32 = 2;
/// What the limit of a person's recognitions begins with, before the key of the limit of their files.
const LIMIT_PREFIX: &str = "ocr:";
/// How long a job reads before it lets others have its slot, which is how long one page may wait for a book. It goes on where
/// it was, and the attempt does not count.
const TURN: Duration = Duration::from_secs(10);
/// How long a job waits when nothing here can recognise text: until somebody has put that right.
const UNTIL_MENDED: Duration = Duration::from_secs(60);
/// How long a job waits for a content that is being read anew: which pages are pictures is not known until then.
const UNTIL_READ: Duration = Duration::from_secs(1);

/// Recognise the text of a content's pages that are pictures. It waits behind a limit of its own beside that of the files of the
/// person whose it is (`files_key`, its key): somebody's scans must not keep their new files from being read.
pub fn new_job(run: Run<'_>, files_key: Option<&str>) -> NewJob {
    let Run { hash, engine, languages } = run;
    let payload = Payload { content_hash: hash.clone(), engine, languages: languages.clone() };
    let key = format!("ocr:{hash}:{}:{}", engine.name(), languages.as_str());
    let limit = Limit::fair_share(format!("{LIMIT_PREFIX}{}", files_key.unwrap_or(NOBODY)), PERSON_SHARE);
    content_job(JobKind::OcrProcess, hash, key, &payload).limit(limit)
}

/// Runs one job for a turn.
pub(super) async fn run(context: Context, job: Job, payload: Payload) -> Result<Done, Failure> {
    let content = failure::require_content(&context, &payload.content_hash).await?;
    let Some(ocr) = &context.ocr else { return Ok(Done::Snooze(UNTIL_MENDED)) };
    if !content.status.is_final() {
        return Ok(Done::Snooze(UNTIL_READ));
    }
    let plan = OcrPlan { ocr, hash: &content.hash, external_languages: &payload.languages };
    if payload.engine != OcrEngine::External {
        if ocr.external_only {
            return Err(engine_gone(&payload));
        }
        if (payload.engine, &payload.languages) != (ocr.engine, &ocr.languages) {
            return replan(&context, &job, plan.local()).await;
        }
    }
    let wanted = pages_to_read(&content);
    if wanted.is_empty() {
        return Err(Failure::fatal("nothing-to-recognise", "The file has no page that is a picture."));
    }
    let read = pages_read(&context, plan).await.map_err(Failure::of)?;
    let is_left = |page: &u32| !read.pages.iter().any(|read| read.page == *page);
    let left: Vec<u32> = wanted.iter().copied().filter(is_left).collect();
    let local_engine = match &ocr.local_engine {
        Ok(local_engine) => local_engine,
        // Pages that nobody reads here are those that nobody reads.
        Err(_) if left.is_empty() || ocr.external_only => {
            return finish(&context, &job, plan, &content, &wanted, wanted.len()).await;
        }
        Err(_) => return Ok(Done::Snooze(UNTIL_MENDED)),
    };
    let (turn, stopped) = (Instant::now(), job.cancelled());
    for (read, &page) in (wanted.len() - left.len()..).zip(&left) {
        if turn.elapsed() >= TURN {
            return Ok(Done::Snooze(Duration::ZERO));
        }
        let step = Progress { stage: "page".into(), done: read as u32, total: wanted.len() as u32 };
        progress::say(&context.pool, &job, plan.hash, &step).await;
        let read = tokio::select! {
            read = recognise_page(&context, ocr, local_engine, &content, page) => read.map_err(Failure::of)?,
            () = stopped.cancelled() => return Err(Failure::retry("stopped")),
        };
        keep(&context, plan.local(), &read).await?;
    }
    finish(&context, &job, plan, &content, &wanted, wanted.len() - left.len()).await
}

/// The text, and with it the job's end. `kept` of the pages were read by an earlier job or attempt.
async fn finish(
    context: &Context,
    job: &Job,
    plan: OcrPlan<'_>,
    content: &db::contents::Content,
    wanted: &[u32],
    kept: usize,
) -> Result<Done, Failure> {
    let is_persisted = persist_text(context, job, plan, content, wanted, kept).await?;
    // The content was read anew meanwhile: its text is another by now, and what was recognised goes into that.
    Ok(if is_persisted { Done::FinishedInTransaction } else { Done::Snooze(UNTIL_READ) })
}

async fn keep(context: &Context, run: Run<'_>, read: &RecognisedPage) -> Result<(), Failure> {
    db::ocr::insert(&mut *context.pool.acquire().await?, run, &read.page, read.words.as_ref()).await?;
    Ok(())
}

/// The settings name another engine or other languages than the job was made for. It ends, and hands the content on to a job for
/// what is set now, so that a job's key and payload never say what was not done. A failure would leave the content without text
/// until somebody saw to it, for each that waited when the settings changed.
async fn replan(context: &Context, job: &Job, run: Run<'_>) -> Result<Done, Failure> {
    let files_key = job.limit_key.as_deref().and_then(|key| key.strip_prefix(LIMIT_PREFIX));
    let mut tx = db::begin(&context.pool).await?;
    let next = queue::enqueue(&mut tx, &new_job(run, files_key)).await?;
    let (engine, languages) = (run.engine.name(), run.languages.as_str());
    job.finish_on(&mut tx, json!({"replannedAs": next.id.to_string(), "engine": engine, "languages": languages}))
        .await?;
    tx.commit().await?;
    tracing::info!(job.id = %job.id, next = %next.id, engine, languages, "text is recognised as it is set up now");
    context.queue.wake();
    Ok(Done::FinishedInTransaction)
}

/// No text is recognised here any more. Only a first reading asks the external service, so a person has to ask for one.
fn engine_gone(payload: &Payload) -> Failure {
    let engine = payload.engine.name();
    let error = format!(
        "Its text was to be recognised by {engine}, and no text is recognised here any more (ENABLE_OCR). Read the file again \
         to have its text recognised as it is set up now."
    );
    Failure::fatal("ocr-engine-gone", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_a_key_for_its_settings_and_a_limit_beside_the_files() {
        let hash = ContentHash::from_digest([1; 32]);
        let (english, german) = (OcrLanguages::default(), "deu".parse().expect("it is a language"));
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &english };
        assert_eq!(new_job(run, Some("person:a")).unique_key, Some(format!("ocr:{hash}:tesseract:eng")));
        assert_ne!(new_job(run, None).unique_key, new_job(Run { languages: &german, ..run }, None).unique_key);
        assert_eq!(new_job(run, Some("person:a")).limit, Some(Limit::fair_share("ocr:person:a", PERSON_SHARE)));
    }
}
