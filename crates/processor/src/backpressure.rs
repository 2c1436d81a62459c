//! Saying no before it is too much: with `QUEUE_MAX_PENDING` jobs pending, or `QUEUE_MAX_PENDING_PER_PERSON` of one person, nothing
//! new is taken on, from everybody or from that person.

use crate::error::Error;
use sqlx::PgPool;
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long a count holds. What this process adds meanwhile is added to it.
const FRESH: Duration = Duration::from_secs(1);
/// When to ask again: a full queue is not empty in a moment.
const RETRY_AFTER_S: u64 = 10;
/// Counts of people that are kept at once. They hold for a second, so there is nothing to lose.
const MOST_PEOPLE: usize = 1000;

/// How full the queue is, as this process knows it.
#[derive(Debug)]
pub(crate) struct Backpressure {
    max_pending: u64,
    max_of_person: u64,
    all: Count,
    people: std::sync::Mutex<HashMap<String, Arc<Count>>>,
}

/// A number of pending jobs, counted now and then.
#[derive(Debug, Default)]
struct Count {
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
pub(crate) enum Capacity {
    /// There is room.
    Room,
    /// No more jobs are taken from anybody.
    QueueFull,
    /// No more jobs are taken from this person.
    PersonFull,
}

impl Capacity {
    /// True when no more jobs are taken.
    pub(crate) fn is_full(self) -> bool {
        !matches!(self, Self::Room)
    }

    /// Refuses what would add a job to a full queue.
    pub(crate) fn require(self) -> Result<(), Error> {
        match self {
            Self::Room => Ok(()),
            Self::QueueFull => Err(Error::QueueFull { retry_after_s: RETRY_AFTER_S }),
            Self::PersonFull => Err(Error::PersonQueueFull { retry_after_s: RETRY_AFTER_S }),
        }
    }
}

impl Backpressure {
    pub(crate) fn new(max_pending: NonZeroU64, max_of_person: NonZeroU64) -> Self {
        let (max_pending, max_of_person) = (max_pending.get(), max_of_person.get());
        Self { max_pending, max_of_person, all: Count::default(), people: std::sync::Mutex::default() }
    }

    /// Counts the queue, and what the person has in it, each at most once a second, whoever asks, and no further than to the limit.
    /// Not for callers that hold a connection of the pool: it takes one. Services that ask for no person have no bound but
    /// everybody's: whoever has the token may name whom they like, so that one of their own would protect nobody.
    pub(crate) async fn capacity(&self, pool: &PgPool, person: Option<&str>) -> Result<Capacity, Error> {
        let all = async || queue::pending(&mut *pool.acquire().await?, self.max_pending).await;
        if self.all.get(all).await? >= self.max_pending {
            return Ok(Capacity::QueueFull);
        }
        let Some(person) = person else { return Ok(Capacity::Room) };
        let keys = jobs::person_keys(person);
        let own = async || queue::pending_under(&mut *pool.acquire().await?, &keys, self.max_of_person).await;
        let is_full = self.person(person).get(own).await? >= self.max_of_person;
        Ok(if is_full { Capacity::PersonFull } else { Capacity::Room })
    }

    /// This process has put so many jobs in, for that person.
    pub(crate) fn add(&self, jobs: u64, person: Option<&str>) {
        self.all.added.fetch_add(jobs, Ordering::Relaxed);
        if let Some(person) = person {
            self.person(person).added.fetch_add(jobs, Ordering::Relaxed);
        }
    }

    fn person(&self, person: &str) -> Arc<Count> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = people.get(person) {
            return count.clone();
        }
        if people.len() >= MOST_PEOPLE {
            people.clear();
        }
        people.entry(person.to_owned()).or_default().clone()
    }
}

impl Count {
    async fn get(&self, count: impl AsyncFnOnce() -> Result<u64, queue::Error>) -> Result<u64, queue::Error> {
        let mut counted = self.counted.lock().await;
        let pending = match *counted {
            Some(last) if last.at.elapsed() < FRESH => last.pending,
            _ => {
                let (at, added) = (Instant::now(), self.added.load(Ordering::Relaxed));
                let pending = count().await?;
                // What was added while it was counted may be in the count or not, and is taken as not.
                self.added.fetch_sub(added, Ordering::Relaxed);
                *counted = Some(Counted { at, pending });
                pending
            }
        };
        Ok(pending.saturating_add(self.added.load(Ordering::Relaxed)))
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
        let is_full = async |backpressure: &Backpressure| backpressure.capacity(&pool, None).await.unwrap().is_full();
        let backpressure = Backpressure::new(NonZeroU64::new(3).unwrap(), NonZeroU64::MAX);
        let begun = Instant::now();
        assert!(!is_full(&backpressure).await);
        for _ in 0..3 {
            queue.enqueue(NewJob::new("somebody-elses", json!(null))).await.unwrap();
        }
        let unseen = !is_full(&backpressure).await;
        assert!(unseen || begun.elapsed() >= FRESH, "it was counted again within the second");

        let backpressure = Backpressure::new(NonZeroU64::new(5).unwrap(), NonZeroU64::MAX);
        assert!(!is_full(&backpressure).await);
        backpressure.add(1, None);
        assert!(!is_full(&backpressure).await);
        backpressure.add(1, None);
        let full = is_full(&backpressure).await;
        assert!(full || begun.elapsed() >= FRESH, "three counted and two added");
        // The next count has in it what was added before, or never was put in: it is not added twice.
        while is_full(&backpressure).await {
            assert!(begun.elapsed() < FRESH * 10);
            tokio::task::yield_now().await;
        }
    }
}
