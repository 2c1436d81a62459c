//! Saying no before it is too much: with `QUEUE_MAX_PENDING` jobs pending, nothing new is taken on.

use crate::error::Error;
use sqlx::PgPool;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long a count holds. What this process adds meanwhile is added to it.
const FRESH: Duration = Duration::from_secs(1);
/// When to ask again: a full queue is not empty in a moment.
const RETRY_AFTER_S: u64 = 10;

/// How full the queue is, as this process knows it.
#[derive(Debug)]
pub(crate) struct Backpressure {
    max_pending: u64,
    counted: Mutex<Option<Counted>>,
    added: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    at: Instant,
    pending: u64,
}

/// Whether the queue takes more jobs. It is counted before a transaction begins, whose connection would be held meanwhile, and
/// decided on when the transaction knows whether it adds any: work that needs no new job is never refused.
#[derive(Debug, Clone, Copy)]
#[must_use = "a full queue refuses nobody by itself"]
pub(crate) struct Capacity {
    is_full: bool,
}

impl Capacity {
    /// True when no more jobs are taken.
    pub(crate) fn is_full(self) -> bool {
        self.is_full
    }

    /// Refuses what would add a job to a full queue.
    pub(crate) fn require(self) -> Result<(), Error> {
        if self.is_full { Err(Error::QueueFull { retry_after_s: RETRY_AFTER_S }) } else { Ok(()) }
    }
}

impl Backpressure {
    pub(crate) fn new(max_pending: NonZeroU64) -> Self {
        Self { max_pending: max_pending.get(), counted: Mutex::default(), added: AtomicU64::new(0) }
    }

    /// Counts the queue at most once a second, whoever asks, and no further than to the limit. Not for callers that hold a
    /// connection of the pool: it takes one.
    pub(crate) async fn capacity(&self, pool: &PgPool) -> Result<Capacity, Error> {
        let mut counted = self.counted.lock().await;
        let pending = match *counted {
            Some(last) if last.at.elapsed() < FRESH => last.pending,
            _ => {
                let (at, added) = (Instant::now(), self.added.load(Ordering::Relaxed));
                let pending = queue::pending(&mut *pool.acquire().await?, self.max_pending).await?;
                // What was added while it was counted may be in the count or not, and is taken as not.
                self.added.fetch_sub(added, Ordering::Relaxed);
                *counted = Some(Counted { at, pending });
                pending
            }
        };
        Ok(Capacity { is_full: pending.saturating_add(self.added.load(Ordering::Relaxed)) >= self.max_pending })
    }

    /// This process has put so many jobs in.
    pub(crate) fn add(&self, jobs: u64) {
        self.added.fetch_add(jobs, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::{NewJob, Queue};
    use serde_json::json;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_count_holds_for_a_second_and_what_this_process_adds_is_added(pool: PgPool) {
        let queue = Queue::new(pool.clone());
        let is_full = async |backpressure: &Backpressure| backpressure.capacity(&pool).await.unwrap().is_full();
        let backpressure = Backpressure::new(NonZeroU64::new(3).unwrap());
        let begun = Instant::now();
        assert!(!is_full(&backpressure).await);
        for _ in 0..3 {
            queue.enqueue(NewJob::new("somebody-elses", json!(null))).await.unwrap();
        }
        let unseen = !is_full(&backpressure).await;
        assert!(unseen || begun.elapsed() >= FRESH, "it was counted again within the second");

        let backpressure = Backpressure::new(NonZeroU64::new(5).unwrap());
        assert!(!is_full(&backpressure).await);
        backpressure.add(1);
        assert!(!is_full(&backpressure).await);
        backpressure.add(1);
        let full = is_full(&backpressure).await;
        assert!(full || begun.elapsed() >= FRESH, "three counted and two added");
        // The next count has in it what was added before, or never was put in: it is not added twice.
        while is_full(&backpressure).await {
            assert!(begun.elapsed() < FRESH * 10);
            tokio::task::yield_now().await;
        }
    }
}
