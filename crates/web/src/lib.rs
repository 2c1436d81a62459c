//! Pages, public API and sign-in. It decides who may do what and passes bytes on; it never looks into a file.

mod answer_time;
mod app;
mod artifact_lookups;
mod assets;
mod audit_entry;
mod audit_file;
pub mod auth;
mod behind_https;
mod config;
mod delivery;
mod docs;
mod download_log;
mod error;
mod extract;
mod file;
mod health;
mod heavy_reads;
mod image_cache;
mod memory;
mod new_password;
pub mod openapi;
mod page;
mod parameters;
mod person_limit;
mod places;
mod processor;
mod proxy;
mod relay;
mod request_log;
mod routes;
mod search_hits;
mod search_suggestion;
mod setup_link;
mod state;
mod timed_body;
mod upload_key;
mod upload_refusal;
mod zip_stream;

pub use app::app;
pub use config::Config;
pub use download_log::DownloadLog;
pub use state::AppState;

use db::service_status::Report;
use serde_json::json;
use service::{Database, SelfReport, Settings, Shutdown};

/// Runs the service until shutdown; `web new-password EMAIL` gives that person a new password instead and ends.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    memory::give_back();
    let config = Config::read(&settings)?;
    settings.answer_foreign(&config::FOREIGN);
    model::add_presets(config.image_presets.clone());
    let database = tokio::select! {
        database = service::connect(&config.database, "web") => database?,
        () = shutdown.begun() => return Ok(()),
    };
    db::migrations::check(&database).await?;
    if let Some(email) = new_password::asked_for(std::env::args()) {
        return new_password::tell(&database, &email?).await;
    }
    if config.is_https() && config.trusted_proxies.is_empty() {
        tracing::warn!(
            setting = "TRUSTED_PROXIES",
            "PUBLIC_URL is https and TRUSTED_PROXIES names no proxy: all people look like one address, so that a few wrong passwords \
             keep everybody out for a while, and this port answers its private network in plain; name the proxy's address"
        );
    }
    let (address, limits) = (config.address, config.connections.clone());
    let state = AppState::new(config, database)?;
    setup_link::offer(&state).await?;
    if !assets::are_built() {
        tracing::warn!("this build has no interface; `make ui` builds it");
    }
    let downloads = state.downloads.clone();
    let reporting = tokio::spawn(keep_reported(address.port(), state.database.clone(), shutdown.clone()));
    let served = service::serve(address, app(state, shutdown.clone()), limits, shutdown).await;
    reporting.abort();
    downloads.flush().await;
    served
}

async fn keep_reported(port: u16, database: Database, shutdown: Shutdown) {
    let write = |said: SelfReport| {
        let database = database.clone();
        async move {
            let SelfReport { node, version, memory } = said;
            let report = Report { service: "web", node: &node, version, memory: json!(memory), store: None };
            db::service_status::report(&mut *database.acquire().await?, &report).await
        }
    };
    service::keep_reported(port, shutdown, write).await;
}
