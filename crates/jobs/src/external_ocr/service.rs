//! What external OCR works with: the service, and how much it may be used.

use super::api::Api;
use super::cooldown::Cooldown;
use crate::processor::Processor;
use model::OcrLanguages;
use queue::Queue;
use sqlx::PgPool;

/// What the jobs of external OCR work with.
#[derive(Clone)]
pub struct ExternalOcr {
    /// Product tables and the job table.
    pub pool: PgPool,
    /// Where follow-up jobs go.
    pub queue: Queue,
    /// Who draws the pages.
    pub processor: Processor,
    /// The service, when one is set. Without one every content goes on to the engine here.
    pub service: Option<ExternalService>,
    /// What the results are kept under, as those of the engines here are.
    pub languages: OcrLanguages,
}

/// The external service and how much it may be used.
#[derive(Clone)]
pub struct ExternalService {
    /// How it is asked.
    pub api: Api,
    /// Requests in a minute, over all workers.
    pub requests_a_minute: u32,
    /// Pages in a month, over all workers.
    pub pages_a_month: u64,
    /// Until when this worker sends it no request.
    pub cooldown: Cooldown,
}
