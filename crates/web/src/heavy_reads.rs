//! Reads that look through much: a few at a time, so that the rest of the database's connections are left to everybody else.

use crate::error::Error;
use crate::person_limit::{PersonLimit, READS};
use crate::places::{Place, Places};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

/// So many at a time, which is fewer than the connections of the smallest pool that a service of ours opens by itself.
const AT_ONCE: usize = 2;
/// How long one waits for its turn, a few times as long as a statement may take.
const WAIT: Duration = Duration::from_secs(15);

/// The turns. Cheap to clone: all clones share them.
#[derive(Debug, Clone)]
pub struct HeavyReads {
    turns: Arc<Semaphore>,
    places: Places,
}

/// A turn, given back when it is dropped.
#[derive(Debug)]
#[must_use = "a turn is given back when it is dropped"]
pub struct HeavyRead {
    _turn: OwnedSemaphorePermit,
    _place: Place,
}

impl HeavyReads {
    /// All turns are free.
    pub fn new(places: Places) -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), places }
    }

    /// Waits for a turn, to be taken before a connection is.
    ///
    /// # Errors
    /// [`Error::PersonLimit`] when the person waits for enough of them already, [`Error::Busy`] when the wait was too long.
    pub async fn turn(&self, person: Uuid) -> Result<HeavyRead, Error> {
        let place = self.places.take(person, PersonLimit::Reads, READS)?;
        let turn = timeout(WAIT, self.turns.clone().acquire_owned()).await;
        match turn {
            Ok(Ok(turn)) => Ok(HeavyRead { _turn: turn, _place: place }),
            Ok(Err(_)) | Err(_) => Err(Error::Busy { retry_after_s: 5 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn m16_a_few_reads_look_through_much_at_a_time_and_one_person_waits_for_a_few() {
        let reads = HeavyReads::new(Places::default());
        let [ann, bob] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let first = reads.turn(ann).await.unwrap();
        let _second = reads.turn(ann).await.unwrap();
        let mut waiting: Vec<_> = (2..READS).map(|_| Box::pin(reads.turn(ann))).collect();
        assert!(waiting.iter_mut().all(|turn| turn.now_or_never().is_none()));
        assert!(matches!(reads.turn(ann).await, Err(Error::PersonLimit(PersonLimit::Reads))));
        waiting.clear();
        let mut his = Box::pin(reads.turn(bob));
        assert!((&mut his).now_or_never().is_none());
        drop(first);
        drop(his.await.unwrap());
    }
}
