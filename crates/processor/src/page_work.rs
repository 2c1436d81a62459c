//! The work of making what pages are seen by: once for all who ask at the same time, for as long as one of them waits, and not again
//! for a while where the content itself is what keeps it from being made.

use crate::error::Error;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use model::{ContentHash, Outcome, PAGE_WIDTHS, PageArtifact, Reason};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So long nobody tries again what ended a reader, or was refused.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// So many refusals are remembered. Each is one page of one content.
const MOST_REFUSALS: usize = 1_000;

/// What is made of which content.
pub(crate) type Key = (ContentHash, PageArtifact);
type Work = BoxFuture<'static, Result<(), Unmade>>;

/// What is being made, and what cannot be. Cheap to clone: all clones share them.
#[derive(Clone, Default)]
pub(crate) struct PageWork(Arc<Tables>);

#[derive(Default)]
struct Tables {
    /// Held by those who wait for it, so that what nobody waits for any more is given up.
    underway: Mutex<HashMap<Key, WeakShared<Work>>>,
    refused: Mutex<HashMap<Key, (Instant, Outcome)>>,
}

/// Why it was not made, for everybody who waited.
#[derive(Debug, Clone)]
pub(crate) enum Unmade {
    /// The content's own fault.
    Refused(Outcome),
    /// Its bytes are not there.
    Missing,
    /// There is no room for it.
    NoRoom,
    /// The readers had other work for too long.
    NotYet,
    /// The store is away.
    StoreAway,
    /// Our own fault.
    Internal,
}

impl PageWork {
    /// Does the work, or waits for the same work that is under way.
    pub(crate) async fn once(
        &self,
        key: Key,
        work: impl Future<Output = Result<(), Unmade>> + Send + 'static,
    ) -> Result<(), Unmade> {
        if let Some(outcome) = self.refusal(&key) {
            return Err(Unmade::Refused(outcome));
        }
        self.join(key, work).await
    }

    fn join(&self, key: Key, work: impl Future<Output = Result<(), Unmade>> + Send + 'static) -> Shared<Work> {
        let mut all = lock(&self.0.underway);
        if let Some(underway) = all.get(&key).and_then(WeakShared::upgrade) {
            return underway;
        }
        let (tables, of) = (self.clone(), key.clone());
        let work = async move {
            let made = work.await;
            if let Err(Unmade::Refused(outcome)) = &made {
                tables.refuse(&of, outcome.clone());
            }
            made
        };
        let work = work.boxed().shared();
        all.retain(|_, work| work.upgrade().is_some());
        // It has not begun, so that it is not over.
        all.extend(work.downgrade().map(|weak| (key, weak)));
        work
    }

    fn refusal(&self, key: &Key) -> Option<Outcome> {
        let refused = lock(&self.0.refused);
        let (since, outcome) = refused.get(&of_any_width(key))?;
        (since.elapsed() < REFUSED_FOR).then(|| outcome.clone())
    }

    fn refuse(&self, key: &Key, outcome: Outcome) {
        let mut refused = lock(&self.0.refused);
        if refused.len() >= MOST_REFUSALS {
            refused.retain(|_, (since, _)| since.elapsed() < REFUSED_FOR);
        }
        if refused.len() < MOST_REFUSALS {
            refused.insert(of_any_width(key), (Instant::now(), outcome));
        }
    }
}

/// What ends a reader does so at every width.
fn of_any_width((hash, artifact): &Key) -> Key {
    let artifact = match *artifact {
        PageArtifact::Image { page, .. } => PageArtifact::Image { page, width: PAGE_WIDTHS[0] },
        other => other,
    };
    (hash.clone(), artifact)
}

impl From<Unmade> for Error {
    fn from(unmade: Unmade) -> Self {
        match unmade {
            Unmade::Refused(Outcome::Rejected { reason: Reason::NoSuchPage, .. }) => Self::NoSuchPage,
            Unmade::Refused(outcome) => {
                Self::Unprocessable { code: outcome.reason_code().into(), message: outcome.sentence() }
            }
            Unmade::Missing => Self::ContentNotFound,
            Unmade::NoRoom => Self::NoSpace,
            Unmade::NotYet => Self::NotYet,
            Unmade::StoreAway => Self::StoreAway,
            Unmade::Internal => Self::Internal,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::oneshot;

    fn page(page: u32, width: u32) -> Key {
        (ContentHash::from_digest([1; 32]), PageArtifact::Image { page, width })
    }

    #[tokio::test]
    async fn who_asks_for_the_same_waits_for_the_same_work() {
        let (work, begun) = (PageWork::default(), Arc::new(AtomicUsize::new(0)));
        let (end, may_end) = oneshot::channel::<()>();
        let count = begun.clone();
        let first = work.join(page(1, 800), async move {
            count.fetch_add(1, Ordering::Relaxed);
            may_end.await.map_err(|_| Unmade::Internal)
        });
        let second = work.join(page(1, 800), async { panic!("it is under way already") });
        let mut other = work.join(page(1, 1200), pending());
        end.send(()).unwrap();
        assert!(matches!(tokio::join!(first, second), (Ok(()), Ok(()))));
        assert_eq!(begun.load(Ordering::Relaxed), 1);
        assert!((&mut other).now_or_never().is_none(), "another width is other work");
        assert!(work.once(page(1, 800), async { Ok(()) }).await.is_ok(), "what is over can be done again");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_given_up() {
        let (work, (held, given_up)) = (PageWork::default(), oneshot::channel::<()>());
        let mut waiting = Box::pin(work.once(page(1, 800), async move {
            let _held = held;
            pending().await
        }));
        assert!((&mut waiting).now_or_never().is_none());
        drop(waiting);
        assert!(given_up.await.is_err(), "the work was dropped");
        assert!(work.once(page(1, 800), async { Ok(()) }).await.is_ok());
    }

    #[tokio::test]
    async fn what_ended_a_reader_is_not_tried_again_at_another_width() {
        let work = PageWork::default();
        let refused = work.once(page(1, 800), async { Err(Unmade::Refused(Outcome::Timeout)) }).await;
        assert!(matches!(refused, Err(Unmade::Refused(Outcome::Timeout))));
        let again = work.once(page(1, 2400), async { panic!("nobody may try") }).await;
        assert!(matches!(again, Err(Unmade::Refused(Outcome::Timeout))));
        let (hash, _) = page(1, 800);
        assert!(work.once((hash, PageArtifact::Sizes), async { Ok(()) }).await.is_ok());
        assert!(work.once(page(2, 800), async { Err(Unmade::NotYet) }).await.is_err());
        assert!(work.once(page(2, 800), async { Ok(()) }).await.is_ok(), "what is no fault of the content's passes");
    }
}
