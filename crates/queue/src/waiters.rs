//! Who in this process waits for the end of which job.

use crate::JobId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The jobs that are waited for. Each has a sender that nothing is ever sent through: it is dropped when the job is over, which
/// wakes its receivers.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    senders: Mutex<HashMap<JobId, watch::Sender<()>>>,
}

/// One caller's interest in one job. Dropping it ends the interest.
#[derive(Debug)]
pub(crate) struct Waiter<'a> {
    waiters: &'a Waiters,
    id: JobId,
    receiver: watch::Receiver<()>,
}

impl Waiters {
    /// Registers interest. Look at the job afterwards: what ends from here on is heard of.
    pub fn register(&self, id: JobId) -> Waiter<'_> {
        let receiver = self.lock().entry(id).or_insert_with(|| watch::Sender::new(())).subscribe();
        Waiter { waiters: self, id, receiver }
    }

    /// These jobs are over.
    pub fn wake(&self, ids: &[JobId]) {
        let mut senders = self.lock();
        for id in ids {
            senders.remove(id);
        }
    }

    /// Any job may be over.
    pub fn wake_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, watch::Sender<()>>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter<'_> {
    /// Returns when somebody said that the job is over.
    pub async fn woken(&mut self) {
        // Nothing is sent, so this only returns with the error that says that the sender is gone.
        while self.receiver.changed().await.is_ok() {}
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut senders = self.waiters.lock();
        // A sender that lives is the one in the map; after a wake the map may hold the one of later callers.
        let is_waiting = self.receiver.has_changed().is_ok();
        if is_waiting && senders.get(&self.id).is_some_and(|sender| sender.receiver_count() == 1) {
            senders.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn a_waiter_is_woken_by_its_own_job_only() {
        let waiters = Waiters::default();
        let (mut first, mut second) = (waiters.register(JobId(1)), waiters.register(JobId(2)));
        waiters.wake(&[JobId(2), JobId(3)]);
        assert_eq!(first.woken().now_or_never(), None);
        assert_eq!(second.woken().now_or_never(), Some(()));
        waiters.wake_all();
        assert_eq!(first.woken().now_or_never(), Some(()));
    }

    #[test]
    fn interest_ends_with_the_last_waiter() {
        let waiters = Waiters::default();
        let (first, second) = (waiters.register(JobId(1)), waiters.register(JobId(1)));
        drop(first);
        assert_eq!(waiters.lock().len(), 1);
        drop(second);
        assert_eq!(waiters.lock().len(), 0);

        let woken = waiters.register(JobId(1));
        waiters.wake(&[JobId(1)]);
        let _later = waiters.register(JobId(1));
        drop(woken);
        assert_eq!(waiters.lock().len(), 1, "the later one still waits");
    }
}
