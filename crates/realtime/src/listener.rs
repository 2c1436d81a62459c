//! Hears Postgres's notifications, through lost connections too.

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

/// Who is told of what.
pub struct Ears {
    /// There may be new events.
    pub events: Arc<Notify>,
    /// Progress; the newest is lost when there is no room.
    pub progress: mpsc::Sender<ProgressNote>,
    /// Somebody's rights have changed.
    pub access: mpsc::Sender<Uuid>,
    /// Whether we hear anything at all.
    pub connected: Arc<AtomicBool>,
}

/// Listens for ever.
pub async fn run(pool: PgPool, ears: Ears) {
    loop {
        let error = match PgListener::connect_with(&pool).await {
            Ok(listener) => ears.hear(listener).await,
            Err(error) => error,
        };
        ears.connected.store(false, Ordering::Relaxed);
        if pool.is_closed() {
            return;
        }
        tracing::warn!(%error, "not listening to the database; trying again");
        tokio::time::sleep(PAUSE).await;
    }
}

impl Ears {
    async fn hear(&self, mut listener: PgListener) -> sqlx::Error {
        if let Err(error) = listener.listen_all([model::CHANNEL, PROGRESS_CHANNEL, db::rooms::CHANNEL]).await {
            return error;
        }
        loop {
            // Whatever was said before we listened, or while the connection was lost, is in the log. Rights are looked
            // at again from time to time in any case.
            if !self.connected.swap(true, Ordering::Relaxed) {
                self.events.notify_one();
            }
            match listener.try_recv().await {
                Ok(Some(heard)) => self.tell(heard.channel(), heard.payload()),
                Ok(None) => self.connected.store(false, Ordering::Relaxed),
                Err(error) => return error,
            }
        }
    }

    fn tell(&self, channel: &str, payload: &str) {
        match channel {
            PROGRESS_CHANNEL => match serde_json::from_str(payload) {
                Ok(note) => drop(self.progress.try_send(note)),
                Err(error) => tracing::warn!(%error, "a note of progress is not of its form"),
            },
            db::rooms::CHANNEL => match Uuid::try_parse(payload) {
                Ok(user_id) => drop(self.access.try_send(user_id)),
                Err(error) => tracing::warn!(%error, "a change of rights names nobody"),
            },
            _ => self.events.notify_one(),
        }
    }
}
