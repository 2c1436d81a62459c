//! What every handler works with.

use crate::artifact_lookups::ArtifactLookups;
use crate::auth::password::Passwords;
use crate::auth::rate_limiter::RateLimiter;
use crate::auth::turns::Turns;
use crate::config::Config;
use crate::download_log::DownloadLog;
use crate::heavy_reads::HeavyReads;
use crate::image_cache::ImageCache;
use crate::places::Places;
use crate::processor::Processor;
use crate::upload_key::KeysUnderWay;
use queue::{KindCounts, Queue};
use service::{Cached, Database};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// How long what anybody asks for is believed.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// Cheap to clone: everything inside is shared. Each layer and each handler of a request has a clone of its own.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What is shared.
pub struct Shared {
    /// The settings.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// The job table.
    pub queue: Queue,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: Passwords,
    /// How often one account may be tried from one address or by one browser that it knows.
    pub account_tries: RateLimiter,
    /// How often one account may be tried from everywhere, but by browsers that it knows.
    pub stranger_tries: RateLimiter,
    /// How often one address may try.
    pub address_tries: RateLimiter,
    /// Which artifacts people may have.
    pub artifact_lookups: ArtifactLookups,
    /// Turns at finding out who asks.
    pub turns: Turns,
    /// How often a refused sign-in is written into the audit log, of all there are: whoever may try without an account must not be
    /// able to fill the disk. What is above stands in the log of the program.
    pub failed_entries: RateLimiter,
    /// How often it is written that one address is refused unheard.
    pub blocked_entries: RateLimiter,
    /// Writes down who reads originals.
    pub downloads: DownloadLog,
    /// What each person does at once.
    pub places: Places,
    /// Turns of reads that look through much.
    pub heavy_reads: HeavyReads,
    /// The queue in numbers, of at most a second ago.
    pub queue_counts: Cached<Vec<KindCounts>>,
    /// Whether there is nobody yet, of at most a second ago.
    pub setup_needed: Cached<bool>,
    /// The service that keeps the files.
    pub processor: Processor,
    /// The keys of uploads under way.
    pub upload_keys: KeysUnderWay,
    /// Small images that it gave lately.
    pub images: ImageCache,
    /// Calls to the services behind this one; connections are kept.
    pub http: reqwest::Client,
}

impl AppState {
    /// The state of a service with these settings. Call inside a tokio runtime.
    pub fn new(config: Config, database: Database) -> anyhow::Result<Self> {
        // The tokens are for the services behind this one alone: not for a proxy of the environment, nor for where an answer points
        // to. The worker's client of the processor keeps the same rules; the walls leave no crate for both that may know HTTP.
        let http = reqwest::Client::builder()
            .connect_timeout(std::time::Duration::from_secs(3))
            .pool_idle_timeout(std::time::Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .no_proxy()
            .build()?;
        let places = Places::default();
        Ok(Self(Arc::new(Shared {
            queue: Queue::new(database.clone()),
            passwords: Passwords::new()?,
            // Ten tries at once, then one every half minute: plenty for a person, hopeless for a program.
            account_tries: RateLimiter::new(10, std::time::Duration::from_secs(30)),
            // Far more than one address has, so that it takes many to fill; then some 2,900 a day, still hopeless for guessing.
            stranger_tries: RateLimiter::new(200, std::time::Duration::from_secs(30)),
            // More, because an office or a family can share one.
            address_tries: RateLimiter::new(30, std::time::Duration::from_secs(10)),
            artifact_lookups: ArtifactLookups::start(database.clone()),
            // As many as there are connections, so that nobody waits for a turn while one of those is free.
            turns: Turns::new(database.options().get_max_connections() as usize),
            // Some 86,000 a day at most, or 20 MB.
            failed_entries: RateLimiter::new(1000, std::time::Duration::from_secs(1)),
            blocked_entries: RateLimiter::new(1, std::time::Duration::from_secs(600)),
            downloads: DownloadLog::start(database.clone()),
            heavy_reads: HeavyReads::new(places.clone()),
            places,
            queue_counts: Cached::new(FRESH_FOR),
            setup_needed: Cached::new(FRESH_FOR),
            processor: Processor::new(http.clone(), &config),
            upload_keys: KeysUnderWay::default(),
            images: ImageCache::new(),
            http,
            config,
            database,
        })))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
