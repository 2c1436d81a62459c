//! What every handler may reach.

use crate::Config;
use crate::backpressure::{Backpressure, Capacity};
use crate::blocking_permits::BlockingPermits;
use crate::cache_reads::CacheReads;
use crate::error::Error;
use crate::last_value::LastValue;
use crate::sweep::Sweep;
use anyhow::Context as _;
use db::announcer::Announcer;
use db::artifacts::Totals;
use model::Limits;
use queue::{KindCounts, Limit, Queue};
use sandbox::Pool;
use service::Shutdown;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Instant;
use storage::Store;
use tokio::sync::{Mutex, Semaphore};

/// Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct AppState {
    /// The settings.
    pub config: Arc<Config>,
    /// Tables, store, queue and readers, as the jobs see them.
    pub context: jobs::Context,
    /// Begins when the service is asked to stop.
    pub shutdown: Shutdown,
    /// Reads of artifacts, counted and gathered.
    pub(crate) cache_reads: CacheReads,
    /// Whether the queue takes more.
    pub(crate) backpressure: Arc<Backpressure>,
    /// One cache clean-up at a time, and when the last one began.
    pub(crate) cleanup: Arc<Mutex<Option<Instant>>>,
    /// One sweep of the store at a time, and what the last was refused for.
    pub(crate) sweep: Arc<Sweep>,
    /// A few exports of texts written at a time: each has its text in memory meanwhile.
    pub(crate) exports: BlockingPermits,
    /// Exports that confined readers make, fewer at a time than there are readers: one is left for new files.
    pub(crate) reader_exports: Arc<Semaphore>,
    /// One count of the queue at a time: the route is open.
    pub(crate) counting: Arc<LastValue<Vec<KindCounts>>>,
    /// The same for what is cached.
    pub(crate) totals: Arc<LastValue<Totals>>,
}

impl AppState {
    /// Opens the store, if it is this database's, and starts the readers and the tasks behind the state, inside a tokio runtime.
    pub async fn open(config: Config, pool: PgPool, shutdown: Shutdown) -> anyhow::Result<Self> {
        model::add_presets(config.image_presets.clone());
        let store = Store::open(&config.storage_dir)
            .await
            .with_context(|| format!("opening the store in {}", config.storage_dir.display()))?;
        jobs::bond(&store, &pool, config.storage_bond.as_deref())
            .await
            .with_context(|| format!("bonding the store in {} to the database", config.storage_dir.display()))?;
        let sandbox = Pool::new(config.sandbox.clone());
        let ocr = match &config.ocr {
            Some(settings) => Some(settings.prepare(&sandbox, &config.sandbox.program).await),
            None => None,
        };
        let context = jobs::Context {
            machine: jobs::Machine::new(Some(store.clone())),
            store,
            cache_budget: jobs::CacheBudget::new(config.cache_max_bytes),
            queue: Queue::new(pool.clone()),
            announcer: Announcer::new(pool.clone()),
            sandbox,
            ocr,
            limits: Limits::default(),
            pool: pool.clone(),
        };
        Ok(Self {
            backpressure: Arc::new(Backpressure::new(config.queue_max_pending)),
            // With one reader alone there is none to be left.
            reader_exports: Arc::new(Semaphore::new(config.sandbox.children.saturating_sub(1).max(1))),
            config: Arc::new(config),
            context,
            cache_reads: CacheReads::default(),
            shutdown,
            cleanup: Arc::default(),
            sweep: Arc::default(),
            exports: BlockingPermits::new(2),
            counting: Arc::default(),
            totals: Arc::default(),
        })
    }

    /// Whether the queue takes more jobs. To be asked before a transaction begins.
    pub(crate) async fn capacity(&self) -> Result<Capacity, Error> {
        self.backpressure.capacity(&self.context.pool).await
    }

    /// The limit that a drive's files share, or those of no drive.
    pub(crate) fn drive_limit(&self, drive: Option<&str>) -> Limit {
        jobs::kinds::ingest_file::drive_limit(drive, self.config.slots.of(model::JobKind::IngestFile))
    }

    /// A connection for one request.
    pub(crate) async fn db(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, sqlx::Error> {
        self.context.pool.acquire().await
    }
}
