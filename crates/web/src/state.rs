//! What every handler works with.

use crate::auth::password::Passwords;
use crate::auth::rate_limiter::RateLimiter;
use crate::config::Config;
use crate::heavy_reads::HeavyReads;
use crate::image_cache::ImageCache;
use crate::places::Places;
use crate::processor::Processor;
use queue::{KindCounts, Queue};
use service::{Cached, Database};
use std::sync::Arc;
use std::time::Duration;

/// How long what anybody asks for is believed.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct AppState {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub database: Database,
    /// The job table.
    pub queue: Queue,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: Passwords,
    /// How often one account may be tried from one address or by one browser that it knows.
    pub account_tries: Arc<RateLimiter>,
    /// How often one account may be tried from everywhere, but by browsers that it knows.
    pub stranger_tries: Arc<RateLimiter>,
    /// How often one address may try.
    pub address_tries: Arc<RateLimiter>,
    /// What each person does at once.
    pub places: Places,
    /// Turns of reads that look through much.
    pub heavy_reads: HeavyReads,
    /// The queue in numbers, of at most a second ago.
    pub queue_counts: Arc<Cached<Vec<KindCounts>>>,
    /// Whether there is nobody yet, of at most a second ago.
    pub setup_needed: Arc<Cached<bool>>,
    /// The service that keeps the files.
    pub processor: Processor,
    /// Small images that it gave lately.
    pub images: ImageCache,
    /// Calls to the services behind this one; connections are kept.
    pub http: reqwest::Client,
}

impl AppState {
    /// The state of a service with these settings.
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
        Ok(Self {
            queue: Queue::new(database.clone()),
            passwords: Passwords::new()?,
            // Ten tries at once, then one every half minute: plenty for a person, hopeless for a program.
            account_tries: Arc::new(RateLimiter::new(10, std::time::Duration::from_secs(30))),
            // Far more than one address has, so that it takes many to fill; then some 2,900 a day, still hopeless for guessing.
            stranger_tries: Arc::new(RateLimiter::new(200, std::time::Duration::from_secs(30))),
            // More, because an office or a family can share one.
            address_tries: Arc::new(RateLimiter::new(30, std::time::Duration::from_secs(10))),
            heavy_reads: HeavyReads::new(places.clone()),
            places,
            queue_counts: Arc::new(Cached::new(FRESH_FOR)),
            setup_needed: Arc::new(Cached::new(FRESH_FOR)),
            processor: Processor::new(http.clone(), &config),
            images: ImageCache::new(),
            http,
            config: Arc::new(config),
            database,
        })
    }
}
