//! Work on threads of its own, a few at a time.

use anyhow::Context as _;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Cheap to clone: all clones share the turns.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

/// Leave to work, given back when the work is over.
pub(crate) struct Turn(OwnedSemaphorePermit);

impl Turns {
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    pub(crate) async fn turn(&self) -> Turn {
        Turn(self.0.clone().acquire_owned().await.expect("nobody closes the semaphore"))
    }
}

impl Turn {
    /// Does the work. The turn goes along: a caller that hangs up does not stop the work, and must not let another one start.
    pub(crate) async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
        let span = tracing::Span::current();
        let work = move || {
            let result = span.in_scope(work);
            drop(self.0);
            result
        };
        tokio::task::spawn_blocking(work).await.context("the work broke off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::mpsc;
    use tokio::sync::oneshot;

    /// Whoever hung up a hundred times had a hundred texts cut at once.
    #[tokio::test]
    async fn a_caller_that_hangs_up_gives_no_turn_back_before_its_work_ends() {
        let turns = Turns::new(1);
        let (begin, has_begun) = oneshot::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let turn = turns.turn().await;
        let caller = tokio::spawn(turn.run(move || {
            begin.send(()).unwrap();
            may_end.recv().unwrap();
        }));
        has_begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert!(turns.turn().now_or_never().is_none(), "its work is still under way");
        end.send(()).unwrap();
        turns.turn().await;
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_turn_back() {
        let turns = Turns::new(1);
        assert!(turns.turn().await.run(|| panic!("as a test")).await.is_err());
        turns.turn().await;
    }
}
