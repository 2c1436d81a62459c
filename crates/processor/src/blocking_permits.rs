//! Work on threads of its own, a few at a time.

use anyhow::Context as _;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Cheap to clone: all clones share them.
#[derive(Clone)]
pub(crate) struct BlockingPermits(Arc<Semaphore>);

/// Leave to do work that blocks, given back when the work is over.
pub(crate) struct BlockingPermit(OwnedSemaphorePermit);

impl BlockingPermits {
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    pub(crate) async fn acquire(&self) -> BlockingPermit {
        BlockingPermit(self.0.clone().acquire_owned().await.expect("nobody closes the semaphore"))
    }
}

impl BlockingPermit {
    /// Does the work. The permit goes along: a caller that hangs up does not stop the work, and must not let another one start.
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
    async fn a_caller_that_hangs_up_gives_no_permit_back_before_its_work_ends() {
        let permits = BlockingPermits::new(1);
        let (begin, has_begun) = oneshot::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let permit = permits.acquire().await;
        let caller = tokio::spawn(permit.run(move || {
            begin.send(()).unwrap();
            may_end.recv().unwrap();
        }));
        has_begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert!(permits.acquire().now_or_never().is_none(), "its work is still under way");
        end.send(()).unwrap();
        permits.acquire().await;
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_permit_back() {
        let permits = BlockingPermits::new(1);
        assert!(permits.acquire().await.run(|| panic!("as a test")).await.is_err());
        permits.acquire().await;
    }
}
