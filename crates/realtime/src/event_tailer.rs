//! The event tailer: reads new rows of the events table and publishes them, in order and without gaps.

use crate::hub::Position;
use crate::publish::Publisher;
use service::Shutdown;
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Events read at once.
const BATCH: i64 = 500;
/// How often the table is polled without a notification: a lost one delays an event by this much.
const IDLE: Duration = Duration::from_secs(5);
/// The first and the longest pause while events wait for an older transaction to end.
const HELD: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(500)];
/// The pause after an error.
const FAILED: Duration = Duration::from_secs(1);

/// When the events table was last read successfully, for /health.
#[derive(Clone)]
pub struct Heartbeat {
    began: Instant,
    last_ms: Arc<AtomicU64>,
}

impl Heartbeat {
    /// Not yet read.
    pub fn new() -> Self {
        Self { began: Instant::now(), last_ms: Arc::default() }
    }

    /// How long ago.
    pub fn age(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.last_ms.load(Ordering::Relaxed)))
    }

    fn beat(&self) {
        self.last_ms.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
    }
}

/// Runs until shutdown. `wanted` is notified when there may be something new.
pub async fn run(pool: PgPool, publisher: Publisher, wanted: Arc<Notify>, heartbeat: Heartbeat, shutdown: Shutdown) {
    let mut pause = Duration::ZERO;
    let mut held = HELD[0];
    loop {
        tokio::select! {
            () = wanted.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = shutdown.begun() => return,
        }
        pause = match catch_up(&pool, &publisher).await {
            Ok(false) => {
                heartbeat.beat();
                held = HELD[0];
                IDLE
            }
            Ok(true) => {
                heartbeat.beat();
                held = (held * 2).min(HELD[1]);
                held
            }
            Err(error) => {
                tracing::warn!(%error, "events could not be read; trying again");
                FAILED
            }
        };
    }
}

/// Publishes everything that is ready. True when something waits for an older transaction.
async fn catch_up(pool: &PgPool, publisher: &Publisher) -> Result<bool, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    let mut position = match publisher.hub.position() {
        Some(position) => position,
        None => {
            let cursor = db::events::end(&mut conn).await?;
            let position = Position { cursor, last_id: db::events::last_id(&mut conn, cursor).await? };
            publisher.hub.deliver(&[], Some(position));
            position
        }
    };
    loop {
        let batch = db::events::read_after(&mut conn, position.cursor, BATCH).await?;
        if let Some(last) = batch.events.last() {
            position = Position { cursor: batch.cursor, last_id: last.id };
            publisher.events(&batch.events, Some(position)).await;
        }
        if (batch.events.len() as i64) < BATCH {
            return db::events::held_back(&mut conn, position.cursor).await;
        }
    }
}
