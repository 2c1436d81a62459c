//! Small artifacts that were read lately, in memory, so that a hot thumbnail costs neither a file nor whatever says what it is.
//!
//! What this process replaces or removes is forgotten at once; what another process does, within a minute.

use bytes::Bytes;
use model::ContentHash;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Memory for all of them, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// Largest one that is kept, in bytes.
const MAX_ARTIFACT_BYTES: usize = 256 << 10;
/// What an entry takes beside the artifact.
const ENTRY_BYTES: u64 = 512;
/// So long one is believed to be there.
const MAX_AGE: Duration = Duration::from_secs(60);

/// An artifact as it was read a moment ago.
#[derive(Debug, Clone)]
pub struct RecentArtifact {
    /// Its media type, as its reader knew it.
    pub mime: Arc<str>,
    /// All of it.
    pub bytes: Bytes,
    read_at: Instant,
}

/// Those of a store. Cheap to clone; a clone is the same.
#[derive(Clone)]
pub(crate) struct RecentArtifacts(Arc<Cache<(ContentHash, String), RecentArtifact, ByBytes>>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<(ContentHash, String), RecentArtifact> for ByBytes {
    fn weight(&self, _: &(ContentHash, String), artifact: &RecentArtifact) -> u64 {
        artifact.bytes.len() as u64 + ENTRY_BYTES
    }
}

impl RecentArtifacts {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Cache::with_weighter((MAX_BYTES / (8 << 10)) as usize, MAX_BYTES, ByBytes)))
    }

    pub(crate) fn find(&self, hash: &ContentHash, name: &str) -> Option<RecentArtifact> {
        let key = (hash.clone(), name.to_owned());
        let found = self.0.get(&key)?;
        if found.read_at.elapsed() < MAX_AGE {
            return Some(found);
        }
        self.0.remove(&key);
        None
    }

    pub(crate) fn keep(&self, hash: &ContentHash, name: &str, mime: &str, bytes: Bytes) {
        if bytes.len() <= MAX_ARTIFACT_BYTES {
            let artifact = RecentArtifact { mime: mime.into(), bytes, read_at: Instant::now() };
            self.0.insert((hash.clone(), name.to_owned()), artifact);
        }
    }

    pub(crate) fn forget(&self, hash: &ContentHash, name: &str) {
        self.0.remove(&(hash.clone(), name.to_owned()));
    }
}

impl fmt::Debug for RecentArtifacts {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("RecentArtifacts").field("entries", &self.0.len()).finish()
    }
}
