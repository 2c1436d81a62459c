//! `ocr-external`: have an external service recognise the text of a content. A job over a whole content becomes a job for each of
//! its pages, one request each.

use super::new_job::{content_job, new_job as job_of_kind};
use super::ocr_process;
use crate::context::WorkerContext;
use crate::external_ocr::{ExternalOcr, ExternalService, leave_to_local_engine, read_page};
use crate::failure::{self, Failure};
use crate::ocr::pages_to_read;
use db::ocr::Run;
use model::{ContentHash, JobKind, OcrEngine};
use queue::{Done, Job, Limit, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::num::NonZeroU32;
use std::time::Duration;

/// What the job is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// The content.
    pub content_hash: ContentHash,
    /// One of its pages, counted from 1; absent when the job is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<NonZeroU32>,
}

/// Attempts to have a page read outside, which are more than those to make a job for each page; the local engine reads what is
/// left.
const PAGE_ATTEMPTS: i16 = 4;

/// Have an external service recognise the text of a content's pages: becomes a job for each page.
pub fn new_job(hash: &ContentHash) -> NewJob {
    let payload = Payload { content_hash: hash.clone(), page: None };
    content_job(JobKind::OcrExternal, hash, format!("ocr-external:{hash}"), &payload)
}

/// One page of that. Each is one request, so one limit for all of them keeps to what the service allows, over all workers.
pub(crate) fn new_page_job(hash: &ContentHash, page: NonZeroU32, requests_a_minute: u32) -> NewJob {
    let requests = f64::from(requests_a_minute.max(1));
    // After a quiet time a few seconds' worth at once: services count in windows of their own.
    let limit = Limit::rate("ocr-external", requests, Duration::from_secs(60)).burst(requests / 10.0);
    let payload = Payload { content_hash: hash.clone(), page: Some(page) };
    job_of_kind(JobKind::OcrExternal, &payload)
        .unique(format!("ocr-external:{hash}:{page}"))
        .subject(hash.as_str())
        .max_attempts(PAGE_ATTEMPTS)
        .limit(limit)
}

/// Runs one job.
pub(super) async fn run(context: WorkerContext, job: Job, payload: Payload) -> Result<Done, Failure> {
    let (context, hash) = (&context.external_ocr, &payload.content_hash);
    match (payload.page.map(NonZeroU32::get), &context.service) {
        (Some(page), Some(service)) => read_page(context, service, &job, hash, page).await,
        // The service was switched off while its jobs waited.
        (Some(page), None) => leave_to_local_engine(context, &job, hash, page, "No OCR API is set.").await,
        (None, service) => fan_out(context, service.as_ref(), &job, hash).await,
    }
}

/// A whole content: a job for each page that is not read yet, behind one limit for all workers and contents.
async fn fan_out(
    context: &ExternalOcr,
    service: Option<&ExternalService>,
    job: &Job,
    hash: &ContentHash,
) -> Result<Done, Failure> {
    let run = Run { hash, engine: OcrEngine::External, languages: &context.languages };
    let mut tx = db::begin(&context.pool).await?;
    let content = db::contents::find(&mut tx, hash).await?.ok_or_else(failure::content_gone)?;
    let done = db::ocr::pages_done(&mut tx, run).await?;
    let jobs: Vec<NewJob> = match service {
        Some(service) => {
            let left = pages_to_read(&content).into_iter().filter(|page| !done.contains(page));
            left.filter_map(NonZeroU32::new).map(|page| new_page_job(hash, page, service.requests_a_minute)).collect()
        }
        None => vec![],
    };
    if jobs.is_empty() {
        queue::enqueue(&mut tx, &ocr_process::new_job(run, None)).await?;
    } else {
        queue::enqueue_many(&mut tx, &jobs).await?;
    }
    job.finish_on(&mut tx, json!({"pages": jobs.len()})).await?;
    tx.commit().await?;
    context.queue.wake();
    Ok(Done::FinishedInTransaction)
}
