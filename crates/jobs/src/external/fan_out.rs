//! A whole content: a job for each page that is not read yet, behind one gate for all workers and contents.

use super::{ExternalOcr, Service};
use crate::ocr::pages_to_read;
use crate::{enqueue, payload};
use db::ocr::Run;
use model::{ContentHash, OcrEngine};
use queue::{Done, Failure, Job};
use serde_json::json;

pub(super) async fn handle(
    context: &ExternalOcr,
    service: Option<&Service>,
    job: &Job,
    hash: &ContentHash,
) -> Result<Done, Failure> {
    let run = Run { hash, engine: OcrEngine::External, languages: &context.languages };
    let mut tx = db::begin(&context.pool).await?;
    let content = db::contents::find(&mut tx, hash).await?.ok_or_else(payload::gone)?;
    let done = db::ocr::pages_done(&mut tx, run).await?;
    let left: Vec<u32> = match service {
        Some(_) => pages_to_read(&content).into_iter().filter(|page| !done.contains(page)).collect(),
        None => vec![],
    };
    let jobs: Vec<_> = left
        .iter()
        .filter_map(|&page| service.map(|service| enqueue::ocr_external_page(hash, page, service.requests_a_minute)))
        .collect();
    if jobs.is_empty() {
        queue::enqueue(&mut tx, &enqueue::ocr(run, None)).await?;
    } else {
        queue::enqueue_many(&mut tx, &jobs).await?;
    }
    job.finish_on(&mut tx, json!({"pages": jobs.len()})).await?;
    tx.commit().await?;
    context.queue.wake();
    Ok(Done::FinishedInTransaction)
}
