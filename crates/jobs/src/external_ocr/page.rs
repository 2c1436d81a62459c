//! One page of a content. Whatever comes of it is kept, and after a content's last page the local engine has its turn: it merges
//! all of them into the text and reads what could not be read here.

use super::response::ApiError;
use super::service::{ExternalOcr, ExternalService};
use crate::failure::{self, Failure};
use crate::kinds::ocr_process;
use crate::ocr::pages_to_read;
use db::ocr::{Page, Run};
use model::{ContentHash, OcrEngine};
use queue::{Done, Job};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;

/// How long a page waits for a service that is busy before the local engine reads it.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// Has the page read by the service, if it may be asked now.
pub(crate) async fn read_page(
    context: &ExternalOcr,
    service: &ExternalService,
    job: &Job,
    hash: &ContentHash,
    page: u32,
) -> Result<Done, Failure> {
    if let Some(pause) = service.cooldown.left() {
        return snooze(context, job, hash, page, pause).await;
    }
    let run = Run { hash, engine: OcrEngine::External, languages: &context.languages };
    let mut conn = context.pool.acquire().await?;
    // A job that runs again after its page was kept, say because it was made twice.
    let is_done = db::ocr::pages_done(&mut conn, run).await?.contains(&page);
    if !is_done && !db::ocr_budget::take(&mut conn, service.pages_a_month).await? {
        drop(conn);
        return leave_to_local_engine(context, job, hash, page, "The pages of this month are used up.").await;
    }
    drop(conn);
    if is_done {
        return persist(context, job, hash, page, None).await;
    }
    let image = match context.processor.page_image(hash, page).await {
        Ok(Some(image)) => image,
        Ok(None) => {
            give_back(context).await?;
            return leave_to_local_engine(context, job, hash, page, "The page cannot be drawn.").await;
        }
        Err(error) => {
            give_back(context).await?;
            return retry(context, job, hash, page, format!("{error:#}")).await;
        }
    };
    match service.api.read(&image, "image/png").await {
        Ok(text) => {
            let read = Page { page, text, confidence: None, failure: None };
            persist(context, job, hash, page, Some(&read)).await
        }
        Err(ApiError::Busy(pause)) => {
            give_back(context).await?;
            service.cooldown.extend(pause);
            snooze(context, job, hash, page, pause).await
        }
        // It may have been read and is paid for then, so it counts.
        Err(ApiError::Temporary(error)) => retry(context, job, hash, page, error).await,
        Err(ApiError::Permanent(error)) => {
            tracing::warn!(job.id = %job.id, content.hash = %hash, error, "a page is left to the local engine");
            leave_to_local_engine(context, job, hash, page, &error).await
        }
    }
}

/// Leaves the page to the local engine.
pub(crate) async fn leave_to_local_engine(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    page: u32,
    why: &str,
) -> Result<Done, Failure> {
    let left = Page { page, text: String::new(), confidence: None, failure: Some(why.into()) };
    persist(context, job, hash, page, Some(&left)).await
}

/// Snoozes the job. It keeps its attempts: nothing was wrong with it.
async fn snooze(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    page: u32,
    pause: Duration,
) -> Result<Done, Failure> {
    if OffsetDateTime::now_utc() - job.created_at > PATIENCE {
        return leave_to_local_engine(context, job, hash, page, "The OCR API was busy for a day.").await;
    }
    Ok(Done::Snooze(pause))
}

async fn retry(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    page: u32,
    error: String,
) -> Result<Done, Failure> {
    if job.is_last_attempt() {
        tracing::warn!(job.id = %job.id, content.hash = %hash, error, "a page is left to the local engine");
        return leave_to_local_engine(context, job, hash, page, &error).await;
    }
    Err(Failure::retry(error))
}

async fn give_back(context: &ExternalOcr) -> Result<(), Failure> {
    Ok(db::ocr_budget::give_back(&mut *context.pool.acquire().await?).await?)
}

/// Keeps what came of the page, and in the same transaction ends the job and, after the last page, hands the content on.
async fn persist(
    context: &ExternalOcr,
    job: &Job,
    hash: &ContentHash,
    number: u32,
    page: Option<&Page>,
) -> Result<Done, Failure> {
    let run = Run { hash, engine: OcrEngine::External, languages: &context.languages };
    let mut tx = db::begin(&context.pool).await?;
    // One page at a time, so that of two last ones the second sees the first.
    let content = db::contents::lock(&mut tx, hash).await?.ok_or_else(failure::content_gone)?;
    if let Some(page) = page {
        db::ocr::insert(&mut tx, run, page, None).await?;
    }
    let done = db::ocr::pages_done(&mut tx, run).await?;
    let is_last = pages_to_read(&content).iter().all(|page| done.contains(page));
    if is_last {
        queue::enqueue(&mut tx, &ocr_process::new_job(run, None)).await?;
    }
    let left = page.and_then(|page| page.failure.as_deref());
    job.finish_on(&mut tx, json!({"page": number, "leftToLocal": left, "last": is_last})).await?;
    tx.commit().await?;
    if is_last {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}
