//! One page of a content. Whatever comes of it the page is settled, and after a content's last page the local engine has its
//! turn: it puts all of them together and reads what could not be read here.

use super::{ExternalOcr, Service, Trouble};
use crate::ocr::pages_to_read;
use crate::{enqueue, payload};
use db::ocr::{Page, Run};
use model::{ContentHash, OcrEngine};
use queue::{Done, Failure, Job};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;

/// How long a page waits for a service that is busy before the local engine reads it.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn handle(
    context: &ExternalOcr,
    service: &Service,
    job: &Job,
    hash: &ContentHash,
    page: u32,
) -> Result<Done, Failure> {
    if let Some(pause) = service.quiet.left() {
        return later(context, job, hash, page, pause).await;
    }
    let run = Run { hash, engine: OcrEngine::External, languages: &context.languages };
    let mut conn = context.pool.acquire().await?;
    // A job that runs again after its page was kept, say because it was made twice.
    let is_done = db::ocr::pages_done(&mut conn, run).await?.contains(&page);
    if !is_done && !db::ocr_budget::take(&mut conn, service.pages_a_month).await? {
        drop(conn);
        return give_up(context, job, hash, page, "The pages of this month are used up.").await;
    }
    drop(conn);
    if is_done {
        return settle(context, job, hash, page, None).await;
    }
    let image = match context.processor.page_image(hash, page).await {
        Ok(Some(image)) => image,
        Ok(None) => {
            give_back(context).await?;
            return give_up(context, job, hash, page, "The page cannot be drawn.").await;
        }
        Err(error) => {
            give_back(context).await?;
            return again(context, job, hash, page, format!("{error:#}")).await;
        }
    };
    match service.api.read(&image, "image/png").await {
        Ok(text) => {
            let read = Page { page, text, confidence: None, failure: None };
            settle(context, job, hash, page, Some(&read)).await
        }
        Err(Trouble::Busy(pause)) => {
            give_back(context).await?;
            service.quiet.extend(pause);
            later(context, job, hash, page, pause).await
        }
        // It may have been read and is paid for then, so it counts.
        Err(Trouble::Passing(error)) => again(context, job, hash, page, error).await,
        Err(Trouble::Final(error)) => {
            tracing::warn!(job.id = %job.id, content.hash = %hash, error, "a page is left to the local engine");
            give_up(context, job, hash, page, &error).await
        }
    }
}

/// Leaves the page to the local engine.
pub(super) async fn give_up(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    page: u32,
    why: &str,
) -> Result<Done, Failure> {
    let left = Page { page, text: String::new(), confidence: None, failure: Some(why.into()) };
    settle(context, job, hash, page, Some(&left)).await
}

/// Puts the job off. It keeps its attempts: nothing was wrong with it.
async fn later(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    page: u32,
    pause: Duration,
) -> Result<Done, Failure> {
    if OffsetDateTime::now_utc() - job.created_at > PATIENCE {
        return give_up(context, job, hash, page, "The OCR API was busy for a day.").await;
    }
    Ok(Done::Snooze(pause))
}

async fn again(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    page: u32,
    error: String,
) -> Result<Done, Failure> {
    if job.is_last_attempt() {
        tracing::warn!(job.id = %job.id, content.hash = %hash, error, "a page is left to the local engine");
        return give_up(context, job, hash, page, &error).await;
    }
    Err(Failure::Retry { error, after: None })
}

async fn give_back(context: &ExternalOcr) -> Result<(), Failure> {
    Ok(db::ocr_budget::give_back(&mut *context.pool.acquire().await?).await?)
}

/// Keeps what came of the page, and in the same transaction ends the job and, after the last page, hands the content on.
async fn settle(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    number: u32,
    page: Option<&Page>,
) -> Result<Done, Failure> {
    let run = Run { hash, engine: OcrEngine::External, languages: &context.languages };
    let mut tx = db::begin(&context.pool).await?;
    // One page at a time, so that of two last ones the second sees the first.
    let content = db::contents::lock(&mut tx, hash).await?.ok_or_else(payload::gone)?;
    if let Some(page) = page {
        db::ocr::insert(&mut tx, run, page).await?;
    }
    let done = db::ocr::pages_done(&mut tx, run).await?;
    let is_last = pages_to_read(&content).iter().all(|page| done.contains(page));
    if is_last {
        queue::enqueue(&mut tx, &enqueue::ocr(run, None)).await?;
    }
    let left = page.and_then(|page| page.failure.as_deref());
    job.finish_on(&mut tx, json!({"page": number, "leftToLocal": left, "last": is_last})).await?;
    tx.commit().await?;
    if is_last {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}
