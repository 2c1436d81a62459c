//! The handle a process shares: its pool, its way of saying that there is work, and single enqueues that commit together.

use crate::batch::Batcher;
use crate::{Enqueued, Error, NewJob};
use sqlx::{PgConnection, PgPool, Row};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The Postgres channel. A number: there may be work in that segment. `*`: look everywhere. `cancel`: some running job is to stop.
pub(crate) const CHANNEL: &str = "queue";

/// Shortest time between two notifications of one process. NOTIFY takes a lock of the whole server until its commit, so
/// one in every enqueue would bring 20 connections from 7,600 enqueues a second to 400.
const DEBOUNCE: Duration = Duration::from_millis(5);

/// Lets parked jobs through and tells everybody where jobs go. Nothing is lost with this commit that the next look would not make
/// good, so it need not wait for the disk.
const NOTIFY: &str = "
    select set_config('synchronous_commit', 'off', true),
           case when exists (select from queue.parked) then (select jobs from queue.admit()) end as admitted,
           pg_notify($1, (select last_value::text from queue.current_segment))";

/// Tells all runners that jobs have come back to places their claims have left behind.
pub(crate) async fn look_everywhere(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select pg_notify($1, '*')").bind(CHANNEL).execute(conn).await?;
    Ok(())
}

/// The queue as one process sees it. A clone is the same.
#[derive(Debug, Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    waker: Arc<Waker>,
    batcher: Batcher,
}

/// What is needed to say that there is work.
#[derive(Debug)]
pub(crate) struct Waker {
    pool: PgPool,
    wakes: Wakes,
    on_its_way: AtomicBool,
    last: Mutex<Option<Instant>>,
}

/// What runners of this process hear without a round trip to the database.
#[derive(Debug)]
pub(crate) struct Wakes {
    count: watch::Sender<u64>,
    /// The segment last heard of; -1 when none has been since somebody asked.
    segment: AtomicI32,
    everywhere: AtomicBool,
}

/// What was heard since somebody last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing new.
    Nothing,
    /// Jobs were put in; which segment is current, if that was said.
    Somewhere(Option<usize>),
    /// Jobs may be anywhere.
    Everywhere,
}

impl Wakes {
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// What a notification says; other words are no wakes.
    pub fn hear(&self, payload: &str) {
        match payload.parse() {
            Ok(segment) => self.segment.store(segment, Ordering::Release),
            Err(_) => self.everywhere.store(true, Ordering::Release),
        }
        self.here();
    }

    pub fn take(&self, seen: &mut u64) -> Heard {
        // Counted last by whoever says something, so read first.
        let count = *self.count.borrow();
        let is_new = std::mem::replace(seen, count) != count;
        if self.everywhere.swap(false, Ordering::AcqRel) {
            return Heard::Everywhere;
        }
        if !is_new {
            return Heard::Nothing;
        }
        Heard::Somewhere(usize::try_from(self.segment.load(Ordering::Acquire)).ok())
    }

    fn here(&self) {
        self.count.send_modify(|wakes| *wakes += 1);
    }
}

impl Waker {
    /// The pool.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// See [`Queue::wake`].
    pub fn wake(self: &Arc<Self>) {
        self.wakes.here();
        if self.on_its_way.swap(true, Ordering::AcqRel) {
            return;
        }
        let waker = self.clone();
        tokio::spawn(async move {
            let last = waker.last.lock().ok().and_then(|last| *last);
            if let Some(last) = last {
                tokio::time::sleep_until(last + DEBOUNCE).await;
            }
            if let Ok(mut last) = waker.last.lock() {
                *last = Some(Instant::now());
            }
            // Before the statement: a wake from here on is about a commit this notification may be too early for.
            waker.on_its_way.store(false, Ordering::Release);
            if let Err(error) = waker.notify().await {
                tracing::debug!(%error, "a queue notification was not sent");
            }
        });
    }

    async fn notify(&self) -> Result<(), Error> {
        let row = sqlx::query(NOTIFY).bind(CHANNEL).fetch_one(&self.pool).await?;
        if matches!(row.try_get("admitted")?, Some(1i64..)) {
            self.wakes.here();
        }
        Ok(())
    }
}

impl Queue {
    /// The queue of the pool's database.
    pub fn new(pool: PgPool) -> Self {
        let wakes =
            Wakes { count: watch::Sender::new(0), segment: AtomicI32::new(-1), everywhere: AtomicBool::new(false) };
        let waker = Waker { pool, wakes, on_its_way: AtomicBool::new(false), last: Mutex::new(None) };
        Self { inner: Arc::new(Inner { waker: Arc::new(waker), batcher: Batcher::new() }) }
    }

    /// The pool it was made with.
    pub fn pool(&self) -> &PgPool {
        &self.inner.waker.pool
    }

    /// Puts one job in, in a transaction of its own, and wakes whoever runs it. When this returns, the job is durable. Calls made
    /// at the same time share a commit, so many callers are many times faster than one. After an error the job may or may not
    /// exist, as with any commit whose answer is lost; a unique key makes asking again harmless.
    pub async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error> {
        self.inner.batcher.enqueue(&self.inner.waker, job).await
    }

    /// Says that there may be work. Call it after the commit of a transaction that enqueued, within a tokio runtime. It
    /// returns at once and cannot fail: should the notification be lost, runners look by themselves every 20 seconds.
    pub fn wake(&self) {
        self.inner.waker.wake();
    }

    /// [`Queue::wake`] for a program that ends now: returns when the notification has been sent. Without it the last jobs of such a
    /// program are found when runners look by themselves.
    pub async fn notify(&self) -> Result<(), Error> {
        self.inner.waker.notify().await
    }

    /// Wakes of this process, to be watched by its runners.
    pub(crate) fn wakes(&self) -> &Wakes {
        &self.inner.waker.wakes
    }
}
