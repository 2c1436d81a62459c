//! The worker: runs the jobs that need no decoder, and puts the recurring ones into the queue.
#![forbid(unsafe_code)]

pub mod config;
mod health;
pub mod schedule;
pub mod secrets;

use config::{Config, ExternalOcrSettings};
use jobs::external_ocr::{Api, Cooldown, ExternalOcr, ExternalService};
use jobs::{Processor, WorkerContext};
use queue::{Queue, Runner};
use service::{ConnectionLimits, Settings, Shutdown};
use std::net::SocketAddr;
use std::time::Duration;

/// Runs until shutdown.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let config = Config::read(&settings)?;
    let pool = service::connect(&config.database, "worker").await?;
    db::migrations::check(&pool).await?;
    let queue = Queue::new(pool.clone());
    let processor = Processor::new(&config.processor_url, &config.processor_token)?;
    let (service, no_service) = match &config.external_ocr {
        None => (None, None),
        Some(Ok(settings)) => (Some(external_service(settings)?), None),
        Some(Err(sentence)) => (None, Some(sentence.clone())),
    };
    if let Some(sentence) = &no_service {
        tracing::warn!("{sentence}");
    }
    let external_ocr = ExternalOcr {
        pool: pool.clone(),
        queue: queue.clone(),
        processor: processor.clone(),
        service,
        languages: config.ocr_languages.clone(),
    };
    let context = WorkerContext { pool: pool.clone(), processor, retention: config.retention, external_ocr };
    schedule::declare(&mut *pool.acquire().await?).await?;
    let runner =
        jobs::register_worker_kinds(&context, Runner::builder(queue.clone()).node("worker"), &config.slots).start();
    let reconciling =
        tokio::spawn(schedule::keep_reconciled(pool.clone(), queue, config.ocr_languages, shutdown.clone()));
    let health = health::health(shutdown.clone(), pool, no_service);
    let routes = health.router().merge(service::metrics::router());
    let address = SocketAddr::from((config.address, config.port));
    service::serve(address, routes, ConnectionLimits::internal(), shutdown).await?;
    runner.stop(Duration::from_secs(10)).await;
    reconciling.abort();
    Ok(())
}

fn external_service(settings: &ExternalOcrSettings) -> anyhow::Result<ExternalService> {
    let (requests_a_minute, pages_a_month) = (settings.requests_a_minute.get(), settings.pages_a_month);
    let (api, cooldown) = (Api::new(&settings.api)?, Cooldown::default());
    Ok(ExternalService { api, requests_a_minute, pages_a_month, cooldown })
}
