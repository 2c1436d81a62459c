//! The handle a process shares: its pool and its way of saying that there is work.

use sqlx::PgPool;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The Postgres channel. Empty payload: there may be work. `cancel`: some running job is to stop.
pub(crate) const CHANNEL: &str = "queue";

/// Shortest time between two notifications of one process. NOTIFY takes a lock of the whole server until its commit, so
/// one in every enqueue would bring 20 connections from 7,600 enqueues a second to 400.
const DEBOUNCE: Duration = Duration::from_millis(5);

/// The queue as one process sees it. A clone is the same.
#[derive(Debug, Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    /// Counts wakes, for runners in this process: they need no round trip to the database.
    wakes: watch::Sender<u64>,
    on_its_way: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl Queue {
    /// The queue of the pool's database.
    pub fn new(pool: PgPool) -> Self {
        let inner =
            Inner { pool, wakes: watch::Sender::new(0), on_its_way: AtomicBool::new(false), last: Mutex::new(None) };
        Self { inner: Arc::new(inner) }
    }

    /// The pool it was made with.
    pub fn pool(&self) -> &PgPool {
        &self.inner.pool
    }

    /// Says that there may be work. Call it after the commit of a transaction that enqueued, within a tokio runtime. It
    /// returns at once and cannot fail: should the notification be lost, runners look by themselves every 20 seconds.
    pub fn wake(&self) {
        self.inner.wakes.send_modify(|wakes| *wakes += 1);
        if self.inner.on_its_way.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = self.inner.clone();
        tokio::spawn(async move {
            let last = inner.last.lock().ok().and_then(|last| *last);
            if let Some(last) = last {
                tokio::time::sleep_until(last + DEBOUNCE).await;
            }
            if let Ok(mut last) = inner.last.lock() {
                *last = Some(Instant::now());
            }
            // Before the statement: a wake from here on is about a commit this notification may be too early for.
            inner.on_its_way.store(false, Ordering::Release);
            if let Err(error) = sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(&inner.pool).await {
                tracing::debug!(%error, "a queue notification was not sent");
            }
        });
    }

    /// Wakes of this process, to be watched by its runners.
    pub(crate) fn wakes(&self) -> watch::Receiver<u64> {
        self.inner.wakes.subscribe()
    }

    /// Wakes the runners of this process only: somebody else has sent the notification.
    pub(crate) fn wake_here(&self) {
        self.inner.wakes.send_modify(|wakes| *wakes += 1);
    }
}
