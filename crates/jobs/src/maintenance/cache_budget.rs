//! The bound of the image cache by bytes, kept as images are made: each process counts what it writes, and when it has written
//! its share, looks at how much there is in all.

use model::{ArtifactLife, ArtifactPart, artifact_life};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// A count looks at every row. This part of the bound may be written between two, and a trim leaves as much free.
const SHARE: u64 = 32;

/// How much may be written until the cache has to be counted. Cheap to clone; a clone is the same.
#[derive(Debug, Clone)]
pub struct CacheBudget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max_bytes: u64,
    left: AtomicU64,
    used_up: Notify,
}

impl CacheBudget {
    /// The budget of a cache of at most so many bytes. What is in it is not known yet, so that the first image leads to a count.
    pub fn new(max_bytes: u64) -> Self {
        Self(Arc::new(Inner { max_bytes, left: AtomicU64::new(0), used_up: Notify::new() }))
    }

    /// Returns when the cache is to be trimmed.
    pub async fn used_up(&self) {
        self.0.used_up.notified().await;
    }

    /// These artifacts were written; texts do not count. Their rows are there already.
    pub(crate) fn spend(&self, written: &[ArtifactPart]) {
        let cached = written.iter().filter(|part| artifact_life(&part.name) == Some(ArtifactLife::Cached));
        let bytes: u64 = cached.map(|part| part.size_bytes).sum();
        let before =
            self.0.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(bytes)));
        if bytes > 0 && before.is_ok_and(|before| before <= bytes) {
            self.0.used_up.notify_one();
        }
    }

    /// The bound of the whole cache.
    pub(super) fn max_bytes(&self) -> u64 {
        self.0.max_bytes
    }

    /// What may be written between two counts.
    pub(super) fn share(&self) -> u64 {
        self.0.max_bytes / SHARE
    }

    /// The cache was counted, and has so many bytes.
    pub(super) fn counted(&self, bytes: u64) {
        self.0.left.store(self.0.max_bytes.saturating_sub(bytes).min(self.share()), Ordering::Relaxed);
    }
}
