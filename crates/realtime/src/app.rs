//! The service put together: its tasks, its routes, its health.

use crate::config::Config;
use crate::event_tailer::{self, Heartbeat};
use crate::hub::Hub;
use crate::listener::{self, Listener};
use crate::openings::{self, Openings};
use crate::places::Places;
use crate::publish::Publisher;
use crate::socketio::{self, SocketContext};
use crate::state::AppState;
use crate::{broadcast, client, kick, progress, reauthorize, websocket};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, post};
use serde_json::json;
use service::Shutdown;
use service::health::{CheckResult, Health, Status};
use socketioxide::layer::SocketIoLayer;
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, mpsc};

/// Largest signed body.
const BODY: usize = 1 << 20;
/// Joins of Socket.IO that ask the database at once: fewer than there are connections for requests.
const JOINS: usize = 1;
/// Longest time for clients to disconnect at the end.
const LEAVE: Duration = Duration::from_secs(3);

/// The running service, but for its listening socket.
pub struct Realtime {
    state: AppState,
    layer: SocketIoLayer,
    openings: Arc<Openings>,
    health: Health,
}

/// Starts the tasks that listen to the database, read events and deliver them. Call inside a tokio runtime.
pub fn start(config: Config, pool: PgPool, shutdown: Shutdown) -> Realtime {
    let (layer, io) = socketio::build(&config);
    let publisher = Publisher::new(Arc::new(Hub::new()), io);
    let state = AppState {
        places: Places::new(config.connections),
        seen: Arc::default(),
        config: Arc::new(config),
        pool: pool.clone(),
        publisher: publisher.clone(),
        shutdown: shutdown.clone(),
    };
    let context = SocketContext {
        config: state.config.clone(),
        pool: pool.clone(),
        slow: publisher.slow.clone(),
        joins: Arc::new(Semaphore::new(JOINS)),
        places: Places::new(state.config.connections),
    };
    socketio::serve(&publisher.io, &context);

    let (events, heartbeat) = (Arc::new(Notify::new()), Heartbeat::new());
    let connected = Arc::new(AtomicBool::new(false));
    let (progress_sender, progress_notes) = mpsc::channel(256);
    let (access_sender, access_changes) = mpsc::channel(256);
    let listener = Listener {
        events: events.clone(),
        progress: progress_sender,
        access: access_sender,
        connected: connected.clone(),
    };
    // However many requests wait for the database, events go on.
    let [listening, reading] = [service::own_connection(&pool), service::own_connection(&pool)];
    tokio::spawn(listener::run(listening, listener));
    tokio::spawn(event_tailer::run(reading, publisher.clone(), events, heartbeat.clone(), shutdown.clone()));
    tokio::spawn(progress::run(pool.clone(), publisher.clone(), progress_notes));
    tokio::spawn(reauthorize::run(pool.clone(), publisher.clone(), state.config.reauthorize_every, access_changes));

    let health = health(pool, &publisher, heartbeat, connected, shutdown);
    let openings = Arc::new(Openings::new(publisher.io.clone(), state.config.connections));
    Realtime { state, layer, openings, health }
}

impl Realtime {
    /// Every route.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/broadcast", post(broadcast::broadcast))
            .route("/api/kick", post(kick::kick))
            .layer(DefaultBodyLimit::max(BODY))
            .route("/ws", any(websocket::open))
            .with_state(self.state.clone())
            .merge(self.health.clone().router())
            .merge(service::metrics::router())
            .layer(self.layer.clone())
            .layer(from_fn_with_state(self.openings.clone(), openings::bound))
            .layer(from_fn_with_state(self.state.clone(), client::identify))
    }

    /// How many plain WebSocket clients are connected.
    pub fn clients(&self) -> usize {
        self.state.publisher.hub.len()
    }

    /// After the last request: disconnects the clients, which come back to the next process and resume.
    pub async fn finish(self) {
        let leave = async {
            self.state.publisher.io.close().await;
            while self.clients() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(LEAVE, leave).await.is_err() {
            tracing::info!(clients = self.clients(), "not every client disconnected in time");
        }
    }
}

fn health(
    pool: PgPool,
    publisher: &Publisher,
    heartbeat: Heartbeat,
    connected: Arc<AtomicBool>,
    shutdown: Shutdown,
) -> Health {
    let (hub, io) = (publisher.hub.clone(), publisher.io.clone());
    let clients = publisher.clone();
    Health::new("realtime", shutdown)
        .database(pool)
        .check("events", move || {
            let age = heartbeat.age();
            let status = match hub.position() {
                None => Status::Unhealthy,
                Some(_) if age > Duration::from_secs(30) => Status::Unhealthy,
                Some(_) if age > Duration::from_secs(10) => Status::Degraded,
                Some(_) => Status::Healthy,
            };
            let details = json!({"readSecondsAgo": age.as_secs(), "lastEventId": hub.position().map(|at| at.last_id)});
            async move { CheckResult { status, details } }
        })
        .check("notifications", move || {
            let listens = connected.load(Ordering::Relaxed);
            let status = if listens { Status::Healthy } else { Status::Degraded };
            async move { CheckResult { status, details: json!({"listening": listens}) } }
        })
        .check("connections", move || {
            let details = json!({"websocket": clients.hub.len(), "socketio": io.sockets().len()});
            async move { CheckResult { status: Status::Healthy, details } }
        })
}
