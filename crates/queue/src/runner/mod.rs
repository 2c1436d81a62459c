//! Running jobs: a process takes as many as it has free slots. The dispatcher starts handlers and sees them end; the fetcher claims
//! jobs and the completer writes how they ended, each on a connection of its own, so that neither waits for the other; the lease
//! keeps the worker registered and hears of new work; an attempt is one run of a handler.

mod attempt;
mod builder;
mod completer;
mod dispatcher;
mod fetcher;
mod kind;
mod lease;

pub use builder::{Builder, Runner};
pub use kind::KindOptions;

use crate::{JobId, Queue};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection, PgPool};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// What the runner's tasks share.
struct Shared {
    queue: Queue,
    node: String,
    kinds: Vec<Arc<str>>,
    /// After so long a job counts as one of the next higher priority.
    aging: Duration,
    /// The worker we are; none before the first registration and while the lease is known to be lost.
    worker: watch::Sender<Option<i32>>,
    /// A job was retried or snoozed into the waiting table: promote again when the next one is due.
    retry_scheduled: Notify,
    /// Many jobs have ended: the ring of segments may have to be rotated.
    rotation_due: Notify,
    /// The jobs in their handlers' hands.
    running: Mutex<HashMap<JobId, CancellationToken>>,
}

impl Shared {
    /// How the runner's own connections are made. They are not the pool's, so that handlers that hold all of those can
    /// not keep the lease from being renewed or a job from being completed.
    fn options(&self) -> PgConnectOptions {
        let options = (*self.queue.pool().connect_options()).clone();
        options.application_name(&format!("{} queue", self.node))
    }

    /// A connection for the fetcher or the completer. Their plans must not depend on how full a segment was when it was last
    /// analysed: always by the index.
    async fn connect(&self, durable: bool) -> sqlx::Result<PgConnection> {
        let settings = [
            ("plan_cache_mode", "force_generic_plan"),
            ("enable_seqscan", "off"),
            ("enable_bitmapscan", "off"),
            ("enable_sort", "off"),
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            ("synchronous_commit", if durable { "on" } else { "off" }),
        ];
        self.options().options(settings).connect().await
    }

    /// A pool of one for the listener, which wants one; closing it ends the connection and with it the worker's lock.
    fn pool_of_one(&self) -> PgPool {
        PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).connect_lazy_with(self.options())
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
