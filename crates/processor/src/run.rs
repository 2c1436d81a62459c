//! Running the service: connect, serve, work, and stop in good order.

use crate::config::FOREIGN;
use crate::{AppState, Config, app, resumable, watched_folder};
use db::service_status::{Report, StoreUse};
use serde_json::json;
use service::{ConnectionLimits, SelfReport, Settings, Shutdown};
use std::net::SocketAddr;
use std::time::Duration;

/// How long jobs under way have when the service stops; what is not done by then is handed back. Less than the time
/// between SIGTERM and exit.
const GRACE: Duration = Duration::from_secs(10);
/// How often reads of artifacts are written down.
const FLUSH: Duration = Duration::from_secs(30);

/// Runs until shutdown.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let config = Config::read(&settings)?;
    settings.answer_foreign(&FOREIGN);
    let address = SocketAddr::from((config.address, config.port));
    let pool = service::connect(&config.database, "processor").await?;
    db::migrations::check(&pool).await?;
    let state = AppState::open(config, pool, shutdown.clone()).await?;

    let builder = queue::Runner::builder(state.context.queue.clone()).node("processor");
    let runner = jobs::register_processor_kinds(&state.context, builder, &state.config.slots).start();
    let work = async {
        shutdown.begun().await;
        runner.stop(GRACE).await;
    };
    let flush = async {
        while tokio::time::timeout(FLUSH, shutdown.begun()).await.is_err() {
            state.cache_reads.flush(&state.context.pool).await;
        }
    };
    let served = service::serve(address, app(state.clone()), ConnectionLimits::internal(), shutdown.clone());
    let report = keep_reported(&state, address.port(), shutdown.clone());
    let keep = async {
        let (texts, swept) = (state.move_texts(), resumable::keep_swept(&state));
        let watched = watched_folder::keep_watched(&state);
        let indexed = state.keep_indexed();
        tokio::join!(state.keep_cache_trimmed(), state.keep_scrubbed(), texts, swept, watched, indexed)
    };
    let (served, (), (), (), _) = tokio::join!(served, work, flush, report, keep);
    state.cache_reads.flush(&state.context.pool).await;
    served
}

/// Says how this program and its store are. A store that does not answer is told by `/health`; the report goes without it.
async fn keep_reported(state: &AppState, port: u16, shutdown: Shutdown) {
    let write = |said: SelfReport| async move {
        let store = state.context.store.space().await.ok().map(|space| {
            let (cache_hits, cache_misses) = state.cache_reads.counts();
            let storage::Space { free_bytes, total_bytes } = space;
            metrics::gauge!("disk_free_bytes").set(free_bytes as f64);
            StoreUse { free_bytes, total_bytes, cache_hits, cache_misses }
        });
        let SelfReport { node, version, memory } = said;
        let report = Report { service: "processor", node: &node, version, memory: json!(memory), store };
        db::service_status::report(&mut *state.context.pool.acquire().await?, &report).await
    };
    service::keep_reported(port, shutdown, write).await;
}
