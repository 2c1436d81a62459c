//! The handle a process shares: its pool, its way of saying that there is work, single enqueues that commit together, and
//! waiting for a job's end.

use crate::batch::Batcher;
use crate::notify::Notifier;
use crate::{Enqueued, Error, JobId, NewJob, inspect};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;

/// How often a waiter looks at its job although nobody said that it is over.
const WAITER_POLL: Duration = Duration::from_secs(1);

/// The queue as one process sees it. A clone is the same.
#[derive(Debug, Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    notifier: Arc<Notifier>,
    batcher: Batcher,
}

impl Queue {
    /// The queue of the pool's database.
    pub fn new(pool: PgPool) -> Self {
        Self { inner: Arc::new(Inner { notifier: Arc::new(Notifier::new(pool)), batcher: Batcher::new() }) }
    }

    /// The pool it was made with.
    pub fn pool(&self) -> &PgPool {
        self.inner.notifier.pool()
    }

    /// Puts one job in, in a transaction of its own, and wakes whoever runs it. When this returns, the job is durable. Calls made
    /// at the same time share a commit, so many callers are many times faster than one.
    ///
    /// # Errors
    /// After any error the job may or may not exist, as with a commit whose answer is lost; a unique key makes asking again
    /// harmless. [`Error::Interrupted`] and [`Error::Busy`] are worth asking again, [`Error::Database`] says why the database
    /// refused.
    pub async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error> {
        self.inner.batcher.enqueue(&self.inner.notifier, job).await
    }

    /// Says that there may be work. Call it after the commit of a transaction that enqueued, within a tokio runtime. It
    /// returns at once and cannot fail: should the notification be lost, runners poll every 20 seconds.
    pub fn wake(&self) {
        self.inner.notifier.wake();
    }

    /// [`Queue::wake`] for a program that ends now: returns when the notification has been sent. Without it the last jobs of such a
    /// program are found when runners poll.
    ///
    /// # Errors
    /// [`Error::Database`] when the notification was not sent. The jobs are in the table all the same.
    pub async fn notify(&self) -> Result<(), Error> {
        self.inner.notifier.notify().await
    }

    /// Returns when the job is no longer in flight: completed, failed, cancelled, or never there. What has become of it says
    /// [`find`](crate::find). Waits as long as that takes; the caller sets the bound, for example with `tokio::time::timeout`.
    ///
    /// A waiter is woken by its own job only. The end of a job that a [`Runner`](crate::Runner) of this process ran is heard at
    /// once. That of a job of another process, if the job has a unique key, is heard through this process's runner, which
    /// listens for it. Whatever is not heard of (a cancelled job, a lost notification, a process without a runner) is found by a
    /// look each second, which probes the primary keys of the jobs in flight and reads no history.
    ///
    /// # Errors
    /// [`Error::Database`] when the job could not be looked at.
    pub async fn wait_until_over(&self, id: JobId) -> Result<(), Error> {
        loop {
            // Interest first, then the look: what ends in between is heard of.
            let mut waiter = self.inner.notifier.waiters().register(id);
            if !inspect::is_in_flight(&mut *self.pool().acquire().await?, id).await? {
                return Ok(());
            }
            // A waiter that was not woken in time looks again all the same.
            let _ = tokio::time::timeout(WAITER_POLL, waiter.woken()).await;
        }
    }

    pub(crate) fn notifier(&self) -> &Arc<Notifier> {
        &self.inner.notifier
    }
}

/// These look at the signal itself: [`Queue::wait_until_over`] would also return without one, a second later.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Done, Job, Runner};
    use futures_util::FutureExt;
    use serde_json::json;
    use tokio::time::timeout;

    /// Longer than anything here takes on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn runner(queue: &Queue, kind: &str) -> Runner {
        let handler = async |_: Job| Ok(Done::Result(json!(null)));
        Runner::builder(queue.clone()).kind(kind, 1, handler).start()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_waiter_hears_of_its_own_job_in_its_own_process(pool: PgPool) {
        let queue = Queue::new(pool);
        let other = queue.enqueue(NewJob::new("nobody runs", json!(null))).await.unwrap().id;
        let id = queue.enqueue(NewJob::new("k", json!(null))).await.unwrap().id;
        let waiters = queue.notifier().waiters();
        let (mut waiter, mut others) = (waiters.register(id), waiters.register(other));
        let runner = runner(&queue, "k");
        timeout(PATIENCE, waiter.woken()).await.unwrap();
        assert!(!inspect::is_in_flight(&mut queue.pool().acquire().await.unwrap(), id).await.unwrap());
        assert_eq!(others.woken().now_or_never(), None, "another job's end is no end of this one");
        runner.stop(PATIENCE).await;
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_waiter_hears_of_a_job_with_a_key_of_another_process(pool: PgPool) {
        let (here, there) = (Queue::new(pool.clone()), Queue::new(pool.clone()));
        let listening = runner(&here, "nothing of this is put in");
        // A runner listens before it registers its worker.
        let registered =
            async { while sqlx::query("select from queue.workers").fetch_all(&pool).await.unwrap().is_empty() {} };
        timeout(PATIENCE, registered).await.unwrap();
        let id = there.enqueue(NewJob::new("k", json!(null)).unique("one")).await.unwrap().id;
        let mut waiter = here.notifier().waiters().register(id);
        let running = runner(&there, "k");
        timeout(PATIENCE, waiter.woken()).await.unwrap();
        running.stop(PATIENCE).await;
        listening.stop(PATIENCE).await;
    }
}
