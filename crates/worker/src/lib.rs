//! The worker: runs the jobs that need no decoder, and puts the recurring ones into the queue.

pub mod config;
pub mod schedule;
pub mod secrets;

use config::Config;
use jobs::{Processor, WorkerContext};
use queue::{Queue, Runner};
use service::health::Health;
use service::{Settings, Shutdown};
use std::net::SocketAddr;
use std::time::Duration;

/// Runs until shutdown.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let config = Config::read(&settings)?;
    let pool = service::connect(&config.database, "worker").await?;
    db::migrations::check(&pool).await?;
    let queue = Queue::new(pool.clone());
    let processor = Processor::new(&config.processor_url, &config.processor_token)?;
    let context = WorkerContext { pool: pool.clone(), processor, retention: config.retention };
    schedule::declare(&mut *pool.acquire().await?).await?;
    let runner = jobs::worker_kinds(&context, Runner::builder(queue.clone()).node("worker"), config.slots).start();
    let reconciling = tokio::spawn(schedule::keep_reconciled(pool.clone(), queue, shutdown.clone()));
    let health = Health::new("worker", shutdown.clone()).database(pool);
    let routes = health.router().merge(service::metrics::router());
    service::serve(SocketAddr::from((config.address, config.port)), routes, shutdown).await?;
    runner.stop(Duration::from_secs(10)).await;
    reconciling.abort();
    Ok(())
}
