//! The database's notifications: which task is told of which channel. Connects again when the connection is lost.

use db::events::{PROGRESS_CHANNEL, ProgressNote};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

/// The pause before another attempt to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens to Postgres and tells the tasks.
pub struct Listener {
    /// There may be new events.
    pub events: Arc<Notify>,
    /// Progress; a note is dropped while the channel is full.
    pub progress: mpsc::Sender<ProgressNote>,
    /// Somebody's rights have changed.
    pub access: mpsc::Sender<Uuid>,
    /// Whether the database is being listened to.
    pub connected: Arc<AtomicBool>,
}

/// Listens for ever.
pub async fn run(pool: PgPool, listener: Listener) {
    loop {
        let error = match PgListener::connect_with(&pool).await {
            Ok(connection) => listener.forward(connection).await,
            Err(error) => error,
        };
        listener.connected.store(false, Ordering::Relaxed);
        if pool.is_closed() {
            return;
        }
        tracing::warn!(%error, "not listening to the database; trying again");
        tokio::time::sleep(PAUSE).await;
    }
}

impl Listener {
    async fn forward(&self, mut connection: PgListener) -> sqlx::Error {
        if let Err(error) = connection.listen_all([model::CHANNEL, PROGRESS_CHANNEL, db::room_rights::CHANNEL]).await {
            return error;
        }
        loop {
            // Events of the time before we listened, or while the connection was lost, are in the table. Rights are checked
            // again from time to time in any case.
            if !self.connected.swap(true, Ordering::Relaxed) {
                self.events.notify_one();
            }
            match connection.try_recv().await {
                Ok(Some(heard)) => self.dispatch(heard.channel(), heard.payload()),
                Ok(None) => self.connected.store(false, Ordering::Relaxed),
                Err(error) => return error,
            }
        }
    }

    fn dispatch(&self, channel: &str, payload: &str) {
        match channel {
            PROGRESS_CHANNEL => match serde_json::from_str(payload) {
                Ok(note) => drop(self.progress.try_send(note)),
                Err(error) => tracing::warn!(%error, "a note of progress is not of its form"),
            },
            db::room_rights::CHANNEL => match Uuid::try_parse(payload) {
                Ok(user_id) => drop(self.access.try_send(user_id)),
                Err(error) => tracing::warn!(%error, "a change of rights names nobody"),
            },
            _ => self.events.notify_one(),
        }
    }
}
