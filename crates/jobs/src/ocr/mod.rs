//! `ocr-process`: the text of pages that are pictures, recognised page by page.
//!
//! Each page is kept as soon as it is read, and counts as done; whoever takes the job up again, after a crash, a stop or its
//! turn, goes on with the next. When all are done, what was recognised becomes one document with what was text before.

mod accurate;
mod availability;
mod base;
mod hybrid;
mod paragraphs;
mod read_page;
mod recogniser;
mod settle;
mod tesseract;
mod tsv;

pub use accurate::{Accurate, OwnProgram, find_models};
pub use availability::find_tesseract;
pub use recogniser::{Ocr, Recogniser};
pub use tesseract::Tesseract;

use crate::context::Context;
use crate::{enqueue, payload, progress};
use db::contents::Content;
use db::ocr::{Page, Run};
use model::{ContentHash, ContentStatus, Facts, OcrEngine, Progress, Report};
use queue::{Done, Failure, Job, NewJob};
use sqlx::PgConnection;
use std::time::{Duration, Instant};

/// How long a job reads before it lets others have its slot, which is how long one page may wait for a book. It goes on where
/// it was, and the attempt does not count.
const TURN: Duration = Duration::from_secs(10);
/// How long a job waits when nothing here can recognise text: until somebody has put that right.
const UNTIL_MENDED: Duration = Duration::from_secs(60);
/// How long a job waits for a content that is being read anew: which pages are pictures is not known until then.
pub(super) const UNTIL_READ: Duration = Duration::from_secs(1);
/// Pictures smaller than this on a side show no text.
const SMALLEST_SIDE: u32 = 16;

/// Runs one job for a turn.
pub(crate) async fn handle(context: &Context, job: &Job) -> Result<Done, Failure> {
    let hash = payload::content_hash(&job.payload)?;
    let content = payload::content(context, &hash).await?;
    let Some(ocr) = &context.ocr else { return Ok(Done::Snooze(UNTIL_MENDED)) };
    if !content.status.is_final() {
        return Ok(Done::Snooze(UNTIL_READ));
    }
    let wanted = pages_to_read(&content);
    if wanted.is_empty() {
        return Err(Failure::fatal("nothing-to-recognise", "The file has no page that is a picture."));
    }
    let run = ocr.run(&hash);
    let read = pages_read(context, ocr, &hash).await.map_err(payload::again)?;
    let is_left = |page: &u32| !read.pages.iter().any(|read| read.page == *page);
    let left: Vec<u32> = wanted.iter().copied().filter(is_left).collect();
    let recogniser = match &ocr.recogniser {
        Ok(recogniser) => recogniser,
        // Pages that nobody reads here are those that nobody reads.
        Err(_) if left.is_empty() || ocr.only_outside => {
            return settle::settle(context, job, ocr, &content, &wanted, wanted.len()).await;
        }
        Err(_) => return Ok(Done::Snooze(UNTIL_MENDED)),
    };
    let (turn, stopped) = (Instant::now(), job.cancelled());
    for (read, &page) in (wanted.len() - left.len()..).zip(&left) {
        if turn.elapsed() >= TURN {
            return Ok(Done::Snooze(Duration::ZERO));
        }
        let step = Progress { stage: "page".into(), done: read as u32, total: wanted.len() as u32 };
        progress::say(&context.pool, job, &hash, &step).await;
        let read = tokio::select! {
            read = read_page::read_page(context, ocr, recogniser, &content, page) => read.map_err(payload::again)?,
            () = stopped.cancelled() => return Err(Failure::retry("stopped")),
        };
        keep(context, run, &read).await.map_err(payload::again)?;
    }
    settle::settle(context, job, ocr, &content, &wanted, wanted.len() - left.len()).await
}

/// Puts in the job that recognises what a run could not read as text, in the transaction that ends the run. Pages that could
/// not be recognised before are tried again: somebody asked for the content to be read anew. False when there is nothing to do.
pub(crate) async fn follow_up(
    conn: &mut PgConnection,
    context: &Context,
    job: &Job,
    hash: &ContentHash,
    report: &Report,
) -> anyhow::Result<bool> {
    let Some(ocr) = &context.ocr else { return Ok(false) };
    let mime = report.mime.as_deref().unwrap_or_default();
    if !report.outcome.is_success() || pages_of(&report.facts, mime).is_empty() {
        return Ok(false);
    }
    db::ocr::forget_failures(conn, hash).await?;
    queue::enqueue(conn, &recognise(ocr, hash, job.limit_key.as_deref())).await?;
    Ok(true)
}

/// The job by which a content's pages come to be recognised: outside first, where that is set. It stands behind the gate of
/// the drive whose file it is.
pub(crate) fn recognise(ocr: &Ocr, hash: &ContentHash, gate: Option<&str>) -> NewJob {
    match ocr.outside {
        true => enqueue::ocr_external(hash),
        false => enqueue::ocr(ocr.run(hash), gate),
    }
}

/// The pages of a content that are pictures.
pub(crate) fn pages_to_read(content: &Content) -> Vec<u32> {
    if content.status == ContentStatus::Failed { vec![] } else { pages_of(&content.facts, &content.mime) }
}

/// A picture is one page; of a document those without text.
fn pages_of(facts: &Facts, mime: &str) -> Vec<u32> {
    match (facts.width, facts.height) {
        (Some(width), Some(height)) if mime.starts_with("image/") => {
            if width.min(height) >= SMALLEST_SIDE {
                vec![1]
            } else {
                vec![]
            }
        }
        _ => facts.pages_without_text.clone(),
    }
}

/// What is known of a content's pages.
pub(super) struct PagesRead {
    /// Each page once, in order.
    pub(super) pages: Vec<Page>,
    /// Who read the most of them, or would have.
    pub(super) engine: OcrEngine,
}

/// Pages as the outside service read them, and the others as the engine here did. A page that only the service was asked for,
/// in vain, is among them when nobody reads here.
async fn pages_read(context: &Context, ocr: &Ocr, hash: &ContentHash) -> anyhow::Result<PagesRead> {
    let mut conn = context.pool.acquire().await?;
    let outside = Run { engine: OcrEngine::External, ..ocr.run(hash) };
    let mut pages = db::ocr::list(&mut conn, outside).await?;
    let local = db::ocr::list(&mut conn, ocr.run(hash)).await?;
    pages.retain(|page| page.failure.is_none() || (ocr.only_outside && !local.iter().any(|own| own.page == page.page)));
    let read_outside = pages.iter().filter(|page| page.failure.is_none()).count();
    let known: Vec<u32> = pages.iter().map(|page| page.page).collect();
    pages.extend(local.into_iter().filter(|page| !known.contains(&page.page)));
    pages.sort_by_key(|page| page.page);
    let engine = if read_outside * 2 > pages.len() { OcrEngine::External } else { ocr.engine };
    Ok(PagesRead { pages, engine })
}

async fn keep(context: &Context, run: Run<'_>, page: &Page) -> anyhow::Result<()> {
    db::ocr::insert(&mut *context.pool.acquire().await?, run, page).await?;
    Ok(())
}
