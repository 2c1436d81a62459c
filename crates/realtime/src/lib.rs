//! Pushes events to browsers: one hub, two front ends, Socket.IO for PageSpace's clients and plain WebSockets for
//! everybody else.
//!
//! Events come from the `events` table, in the order of their transactions; NOTIFY only says that there are new ones.
//! Nothing depends on an event's having arrived: it says "look again", and a client that was away too long is told to
//! look at everything again.
#![forbid(unsafe_code)]

mod app;
mod auth;
mod broadcast;
mod client;
mod config;
mod connection;
mod event_tailer;
mod hub;
mod kick;
mod listener;
mod messages;
mod openings;
mod places;
mod progress;
mod publish;
mod reauthorize;
mod room;
mod signature;
mod socketio;
mod state;
mod websocket;

pub use app::{Realtime, start};
pub use config::Config;

use db::service_status::Report;
use serde_json::json;
use service::{ConnectionLimits, SelfReport, Settings, Shutdown};
use sqlx::PgPool;
use std::net::SocketAddr;

/// Runs until shutdown.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let config = Config::read(&settings)?;
    let pool = service::connect(&config.database, "realtime").await?;
    db::migrations::check(&pool).await?;
    let address = SocketAddr::from((config.address, config.port));
    let reporting = tokio::spawn(keep_reported(address.port(), pool.clone(), shutdown.clone()));
    let realtime = start(config, pool, shutdown.clone());
    service::serve(address, realtime.routes(), ConnectionLimits::internal(), shutdown).await?;
    realtime.finish().await;
    reporting.abort();
    Ok(())
}

async fn keep_reported(port: u16, pool: PgPool, shutdown: Shutdown) {
    let write = |said: SelfReport| {
        let pool = pool.clone();
        async move {
            let SelfReport { node, version, memory } = said;
            let report = Report { service: "realtime", node: &node, version, memory: json!(memory), store: None };
            db::service_status::report(&mut *pool.acquire().await?, &report).await
        }
    };
    service::keep_reported(port, shutdown, write).await;
}
