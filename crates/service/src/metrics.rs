//! Prometheus metrics, rendered at `/metrics`.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

/// Time between two times that histograms are counted in.
const UPKEEP: Duration = Duration::from_secs(30);

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the process's recorder. Called once by `main`; calling again does nothing.
pub fn install() {
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("metrics were already set up elsewhere");
        }
        handle
    });
}

/// Counts in what histograms have gathered, which otherwise lies in memory until somebody scrapes. Never ends.
pub(crate) async fn keep_small() {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        if let Some(handle) = HANDLE.get() {
            handle.run_upkeep();
        }
    }
}

/// The `/metrics` route. What is told of memory is brought up to date at each scrape; what the system does not tell is left out.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/metrics", get(render))
}

async fn render() -> ([(header::HeaderName, &'static str); 1], String) {
    let memory = crate::Memory::read();
    metrics::gauge!("process_resident_memory_bytes").set(memory.rss_bytes as f64);
    metrics::gauge!("memory_bytes").set(memory.used_bytes as f64);
    if let Some(limit) = memory.limit_bytes {
        metrics::gauge!("memory_limit_bytes").set(limit as f64);
    }
    if let Some(peak) = memory.peak_bytes {
        metrics::gauge!("memory_peak_bytes").set(peak as f64);
    }
    if let Some(kills) = memory.oom_kills {
        metrics::counter!("oom_kills_total").absolute(kills);
    }
    let text = HANDLE.get().map(|handle| {
        handle.run_upkeep();
        handle.render()
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text.unwrap_or_default())
}
