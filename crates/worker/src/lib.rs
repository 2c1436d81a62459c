//! The worker: runs the jobs that need no decoder, puts the recurring ones into the queue, and watches over the whole suite.
#![forbid(unsafe_code)]

pub mod config;
mod health;
pub mod schedule;
pub mod secrets;
pub mod watch;

use config::{Config, ExternalOcrSettings};
use db::service_status::Report;
use jobs::external_ocr::{Api, Cooldown, ExternalOcr, ExternalService};
use jobs::outbound::Outbound;
use jobs::{Imports, Machine, Processor, WorkerContext};
use queue::{Queue, Runner};
use serde_json::json;
use service::{ConnectionLimits, SelfReport, Settings, Shutdown};
use sqlx::PgPool;
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
    let context = WorkerContext {
        pool: pool.clone(),
        processor,
        retention: config.retention,
        external_ocr,
        imports: Imports {
            outbound: Outbound::new(config.import_allowed_networks.clone()),
            limit_bytes: config.upload_max_bytes,
        },
        machine: Machine::new(None),
    };
    schedule::declare(&mut *pool.acquire().await?).await?;
    let runner =
        jobs::register_worker_kinds(&context, Runner::builder(queue.clone()).node("worker"), &config.slots).start();
    let reconciling =
        tokio::spawn(schedule::keep_reconciled(pool.clone(), queue, config.ocr_languages, shutdown.clone()));
    let watching = tokio::spawn(watch::keep_watched(pool.clone(), shutdown.clone()));
    let reporting = tokio::spawn(keep_reported(config.port, pool.clone(), shutdown.clone()));
    let health = health::health(shutdown.clone(), pool, no_service);
    let routes = health.router().merge(service::metrics::router());
    let address = SocketAddr::from((config.address, config.port));
    service::serve(address, routes, ConnectionLimits::internal(), shutdown).await?;
    runner.stop(Duration::from_secs(10)).await;
    for task in [reconciling, watching, reporting] {
        task.abort();
    }
    Ok(())
}

async fn keep_reported(port: u16, pool: PgPool, shutdown: Shutdown) {
    let write = |said: SelfReport| {
        let pool = pool.clone();
        async move {
            let SelfReport { node, version, memory } = said;
            let report = Report { service: "worker", node: &node, version, memory: json!(memory), store: None };
            db::service_status::report(&mut *pool.acquire().await?, &report).await
        }
    };
    service::keep_reported(port, shutdown, write).await;
}

fn external_service(settings: &ExternalOcrSettings) -> anyhow::Result<ExternalService> {
    let (requests_a_minute, pages_a_month) = (settings.requests_a_minute.get(), settings.pages_a_month);
    let (api, cooldown) = (Api::new(&settings.api)?, Cooldown::default());
    Ok(ExternalService { api, requests_a_minute, pages_a_month, cooldown })
}
