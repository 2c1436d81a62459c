//! What a runner is told, and its start and stop.

use super::Shared;
use super::attempt::{BoxedHandler, boxed};
use super::dispatcher::Dispatcher;
use super::kind::{Kind, KindOptions};
use super::lease::hold_lease;
use crate::{Handler, Queue};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// After so long a job counts as one of the next higher priority, unless the builder is told otherwise.
const AGING: Duration = Duration::from_secs(60);

/// A runner to be: the kinds it takes and how many of each at once.
pub struct Builder {
    queue: Queue,
    node: String,
    aging: Duration,
    kinds: Vec<(String, KindOptions, BoxedHandler)>,
}

impl Builder {
    /// Takes jobs of this kind: at most so many at once, or with [`KindOptions`].
    pub fn kind(mut self, kind: impl Into<String>, options: impl Into<KindOptions>, handler: impl Handler) -> Self {
        self.kinds.push((kind.into(), options.into(), boxed(handler)));
        self
    }

    /// What this process is called in `queue.workers` and `pg_stat_activity`.
    pub fn node(self, node: impl Into<String>) -> Self {
        Self { node: node.into(), ..self }
    }

    /// After so long a waiting job counts as one of the next higher priority, so that low ones are done at last however many
    /// high ones come: a minute unless set. Every other claim is for aged jobs, while there are any.
    pub fn aging(self, aging: Duration) -> Self {
        Self { aging, ..self }
    }

    /// Starts it, within a tokio runtime. It connects by itself and keeps trying while the database does not answer.
    pub fn start(self) -> Runner {
        let kinds: Vec<Kind> =
            self.kinds.into_iter().map(|(name, options, handler)| Kind::new(name, options, handler)).collect();
        let shared = Arc::new(Shared {
            queue: self.queue,
            node: self.node,
            kinds: kinds.iter().map(|kind| kind.name.clone()).collect(),
            aging: self.aging,
            worker: watch::Sender::new(None),
            retry_scheduled: Notify::new(),
            rotation_due: Notify::new(),
            running: Mutex::new(HashMap::new()),
        });
        let leave = CancellationToken::new();
        let lease = tokio::spawn(hold_lease(shared.clone(), leave.clone()));
        let (stop, stopping) = oneshot::channel();
        let dispatcher = tokio::spawn(Dispatcher::new(shared, kinds).run(stopping));
        Runner { stop, dispatcher: AbortOnDrop(dispatcher), lease: AbortOnDrop(lease), leave: leave.drop_guard() }
    }
}

/// A running runner. Dropping it drops its jobs, which others then take up; [`Runner::stop`] is kinder.
#[must_use = "a runner that is dropped stops at once"]
pub struct Runner {
    stop: oneshot::Sender<Duration>,
    dispatcher: AbortOnDrop,
    lease: AbortOnDrop,
    leave: DropGuard,
}

impl Runner {
    /// A runner of that queue's jobs, to be given its kinds.
    pub fn builder(queue: Queue) -> Builder {
        Builder { queue, node: "queue".into(), aging: AGING, kinds: Vec::new() }
    }

    /// Claims nothing more, lets running jobs finish for `grace`, then hands back what is left, attempts uncounted.
    pub async fn stop(mut self, grace: Duration) {
        // An error only says that the task has ended already.
        let _ = self.stop.send(grace);
        let _ = (&mut self.dispatcher.0).await;
        drop(self.leave);
        let _ = (&mut self.lease.0).await;
    }
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
