//! What a runner is told, and its start and stop.

use super::Shared;
use super::attempt::{BoxedHandler, boxed};
use super::session::session;
use super::work::{Kind, Work};
use crate::{Handler, Queue};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A runner to be: the kinds it takes and how many of each at once.
pub struct Builder {
    queue: Queue,
    node: String,
    kinds: Vec<(String, usize, BoxedHandler)>,
}

impl Builder {
    /// Takes jobs of this kind, at most `slots` at once.
    pub fn kind(mut self, kind: impl Into<String>, slots: usize, handler: impl Handler) -> Self {
        self.kinds.push((kind.into(), slots, boxed(handler)));
        self
    }

    /// What this process is called in `queue.workers` and `pg_stat_activity`.
    pub fn node(self, node: impl Into<String>) -> Self {
        Self { node: node.into(), ..self }
    }

    /// Starts it, within a tokio runtime. It connects by itself and keeps trying while the database does not answer.
    pub fn start(self) -> Runner {
        let shared = Arc::new(Shared {
            queue: self.queue,
            node: self.node,
            worker: watch::Sender::new(None),
            waits: Notify::new(),
            running: Mutex::new(HashMap::new()),
        });
        let lease = CancellationToken::new();
        let session = tokio::spawn(session(shared.clone(), lease.clone()));
        let (stop, stopping) = oneshot::channel();
        let kinds = self.kinds.into_iter().map(|(name, slots, handler)| Kind { name, slots, running: 0, handler });
        let work = tokio::spawn(Work::new(shared, kinds.collect()).run(stopping));
        Runner { stop, work: AbortOnDrop(work), session: AbortOnDrop(session), lease: lease.drop_guard() }
    }
}

/// A running runner. Dropping it drops its jobs, which others then take up; [`Runner::stop`] is kinder.
#[must_use = "a runner that is dropped stops at once"]
pub struct Runner {
    stop: oneshot::Sender<Duration>,
    work: AbortOnDrop,
    session: AbortOnDrop,
    lease: DropGuard,
}

impl Runner {
    /// A runner of that queue's jobs, to be given its kinds.
    pub fn builder(queue: Queue) -> Builder {
        Builder { queue, node: "queue".into(), kinds: Vec::new() }
    }

    /// Claims nothing more, lets running jobs finish for `grace`, then hands back what is left, attempts uncounted.
    pub async fn stop(mut self, grace: Duration) {
        // An error only says that the task has ended already.
        let _ = self.stop.send(grace);
        let _ = (&mut self.work.0).await;
        drop(self.lease);
        let _ = (&mut self.session.0).await;
    }
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
