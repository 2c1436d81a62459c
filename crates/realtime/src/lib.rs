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
mod config;
mod connection;
mod event_tailer;
mod hub;
mod kick;
mod listener;
mod messages;
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

use service::{ConnectionLimits, Settings, Shutdown};
use std::net::SocketAddr;

/// Runs until shutdown.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let config = Config::read(&settings)?;
    let pool = service::connect(&config.database, "realtime").await?;
    db::migrations::check(&pool).await?;
    let address = SocketAddr::from((config.address, config.port));
    let realtime = start(config, pool, shutdown.clone());
    service::serve(address, realtime.routes(), ConnectionLimits::internal(), shutdown).await?;
    realtime.finish().await;
    Ok(())
}
