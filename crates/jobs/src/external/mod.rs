//! Recognising text by an outside service: one page, one request, one job. Only the worker does this; the readers have no network.

mod answer;
mod api;
mod fan_out;
mod quiet;
mod read_page;
mod reconcile;

pub use answer::Trouble;
pub use api::{Api, ApiSettings};
pub use quiet::Quiet;
pub use reconcile::reconcile_external;

use crate::payload;
use crate::processor::Processor;
use model::OcrLanguages;
use queue::{Done, Failure, Job, Queue};
use sqlx::PgPool;

/// What the handler works with.
#[derive(Clone)]
pub struct ExternalOcr {
    /// Product tables and the job table.
    pub pool: PgPool,
    /// Where follow-up jobs go.
    pub queue: Queue,
    /// Who draws the pages.
    pub processor: Processor,
    /// The service, when one is set. Without one every content goes on to the engine here.
    pub service: Option<Service>,
    /// What the results are kept under, as those of the engines here are.
    pub languages: OcrLanguages,
}

/// The outside service and how much it may be used.
#[derive(Clone)]
pub struct Service {
    /// Who reads.
    pub api: Api,
    /// Requests in a minute, over all workers.
    pub requests_a_minute: u32,
    /// Pages in a month, over all workers.
    pub pages_a_month: u64,
    /// Until when this worker leaves it alone.
    pub quiet: Quiet,
}

/// `ocr-external`: a whole content, which becomes a job for each of its pages, or one of its pages.
pub(crate) async fn handle(context: &ExternalOcr, job: &Job) -> Result<Done, Failure> {
    let hash = payload::content_hash(&job.payload)?;
    match (payload::page(&job.payload)?, &context.service) {
        (Some(page), Some(service)) => read_page::handle(context, service, job, &hash, page).await,
        // The service was switched off while its jobs waited.
        (Some(page), None) => read_page::give_up(context, job, &hash, page, "No OCR API is set.").await,
        (None, service) => fan_out::handle(context, service.as_ref(), job, &hash).await,
    }
}
