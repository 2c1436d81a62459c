//! What every handler may reach.

use crate::Config;
use crate::backpressure::{Backpressure, Capacity};
use crate::blocking_permits::BlockingPermits;
use crate::cache_reads::CacheReads;
use crate::error::Error;
use crate::last_value::LastValue;
use crate::page_work::PageWork;
use crate::room::Room;
use crate::sweep::Sweep;
use crate::turns::Turns;
use anyhow::Context as _;
use db::announcer::Announcer;
use db::artifacts::Totals;
use model::{JobKind, Limits};
use queue::{KindCounts, Limit, Queue};
use sandbox::Pool;
use service::Shutdown;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Instant;
use storage::Store;
use tokio::sync::{Mutex, Semaphore};

/// Uploads at once from everybody, a tenth of what the container may take. Web lets each person have far fewer.
const UPLOADS_AT_ONCE: usize = 256;

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
    /// What pages are seen by, while it is made.
    pub(crate) page_work: PageWork,
    /// Lines of pages that were found, cut out for a few searches at a time.
    pub(crate) snippets: BlockingPermits,
    /// Uploads at once: each holds up to half a megabyte.
    pub(crate) uploads: Arc<Semaphore>,
    /// Whose turn it is with an upload in pieces.
    pub(crate) turns: Turns,
    /// Room on the volume that is promised to what is being written.
    pub(crate) room: Room,
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
        let sandbox = Pool::new(jobs::ordinary(config.sandbox.clone()));
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
            quick_readers: jobs::QuickReaders::beside(&config.sandbox),
            sandbox,
            ocr,
            unpacks_mails: config.unpack_mails,
            ingest_slots: config.slots.of(JobKind::IngestFile),
            limits: Limits::default(),
            pool: pool.clone(),
        };
        Ok(Self {
            backpressure: Arc::new(Backpressure::new(config.queue_max_pending, config.queue_max_pending_per_person)),
            uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)),
            turns: Turns::default(),
            room: Room::default(),
            config: Arc::new(config),
            context,
            cache_reads: CacheReads::default(),
            shutdown,
            cleanup: Arc::default(),
            sweep: Arc::default(),
            exports: BlockingPermits::new(2),
            page_work: PageWork::default(),
            snippets: BlockingPermits::new(2),
            counting: Arc::default(),
            totals: Arc::default(),
        })
    }

    /// Whether the queue takes more jobs, of that person. To be asked before a transaction begins.
    pub(crate) async fn capacity(&self, person: Option<&str>) -> Result<Capacity, Error> {
        self.backpressure.capacity(&self.context.pool, person).await
    }

    /// The limit that a person's jobs of a kind share, or those of nobody.
    pub(crate) fn person_limit(&self, kind: JobKind, person: Option<&str>) -> Limit {
        jobs::person_limit(kind, person, self.config.slots.of(kind))
    }

    /// A connection for one request.
    pub(crate) async fn db(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, sqlx::Error> {
        self.context.pool.acquire().await
    }
}
