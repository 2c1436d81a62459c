//! Reads of artifacts: counted for the statistics, and gathered so that a hit is never a write.

use model::ContentHash;
use sqlx::PgPool;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// More distinct reads than this between two flushes are not noted; a clean-up then knows a little less.
const MAX_GATHERED: usize = 50_000;

/// Cheap to clone; a clone is the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct CacheReads {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    hits: AtomicU64,
    misses: AtomicU64,
    logged: (AtomicU64, AtomicU64),
    read: Mutex<HashSet<(ContentHash, String)>>,
}

impl CacheReads {
    /// An artifact was there and is read.
    pub(crate) fn hit(&self, hash: &ContentHash, name: &str) {
        tracing::debug!(content.hash = %hash, artifact = name, "Cache hit");
        metrics::counter!("cache_hits_total").increment(1);
        self.inner.hits.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut read) = self.inner.read.lock()
            && read.len() < MAX_GATHERED
        {
            read.insert((hash.clone(), name.to_owned()));
        }
    }

    /// An artifact was not there.
    pub(crate) fn miss(&self, hash: &ContentHash, name: &str) {
        tracing::debug!(content.hash = %hash, artifact = name, "Cache miss");
        metrics::counter!("cache_misses_total").increment(1);
        self.inner.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// Hits and misses since the start.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.inner.hits.load(Ordering::Relaxed), self.inner.misses.load(Ordering::Relaxed))
    }

    /// Writes down what was read since the last time, and says in the log how much that was: a line for each read would
    /// be all there is in it.
    pub(crate) async fn flush(&self, pool: &PgPool) {
        let (hits, misses) = self.counts();
        let since = |before: &AtomicU64, now: u64| now.saturating_sub(before.swap(now, Ordering::Relaxed));
        let (hits, misses) = (since(&self.inner.logged.0, hits), since(&self.inner.logged.1, misses));
        if hits + misses > 0 {
            tracing::info!(cache.hits = hits, cache.misses = misses, "{}", summary(hits, misses));
        }
        let read: Vec<_> = match self.inner.read.lock() {
            Ok(mut read) => read.drain().collect(),
            Err(_) => return,
        };
        for some in read.chunks(1000) {
            let touched = async { db::artifacts::touch(&mut *pool.acquire().await?, some).await };
            if let Err(error) = touched.await {
                tracing::warn!(%error, "reads of artifacts were not noted");
            }
        }
    }
}

/// In the words the deployment guide has people look for in the log.
fn summary(hits: u64, misses: u64) -> String {
    let reads = hits.saturating_add(misses);
    let percent = (hits as f64 * 100.0 / reads.max(1) as f64).round();
    format!("Cache hits: {hits} of {reads} ({percent} %)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_found_by_the_words_cache_hit() {
        assert_eq!(summary(12, 3), "Cache hits: 12 of 15 (80 %)");
        assert_eq!(summary(2, 1), "Cache hits: 2 of 3 (67 %)");
        assert_eq!(summary(0, 4), "Cache hits: 0 of 4 (0 %)");
    }
}
