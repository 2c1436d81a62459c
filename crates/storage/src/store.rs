//! The store itself: where its folders are, and how much space is left.

use crate::Error;
use crate::recent::RecentArtifacts;
use model::ContentHash;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// A folder with blobs and artifacts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    root: Arc<Path>,
    recent: RecentArtifacts,
}

/// Space on the store's volume, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// What an unprivileged process may still write.
    pub free_bytes: u64,
    /// The size of the volume.
    pub total_bytes: u64,
}

impl Store {
    /// Opens the store in `root`, making its folders when they are not there.
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self, Error> {
        let store = Self { root: Arc::from(root.into()), recent: RecentArtifacts::new() };
        let opened = store.clone();
        blocking(move || {
            for folder in ["blobs", "cache", "avatars", "tmp", "trash"] {
                std::fs::create_dir_all(opened.root.join(folder))?;
            }
            Ok(())
        })
        .await?;
        Ok(store)
    }

    /// The space on the volume.
    pub async fn space(&self) -> Result<Space, Error> {
        let store = self.clone();
        blocking(move || {
            let volume = rustix::fs::statvfs(&*store.root).map_err(std::io::Error::from)?;
            Ok(Space { free_bytes: volume.f_bavail * volume.f_frsize, total_bytes: volume.f_blocks * volume.f_frsize })
        })
        .await
    }

    /// Refuses with [`Error::NoSpace`] when writing `size_bytes` would leave less than `watermark_bytes` free.
    pub async fn require_space(&self, size_bytes: u64, watermark_bytes: u64) -> Result<(), Error> {
        let free = self.space().await?.free_bytes;
        if free < watermark_bytes.saturating_add(size_bytes) { Err(Error::NoSpace) } else { Ok(()) }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn recent(&self) -> &RecentArtifacts {
        &self.recent
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    pub(crate) fn blob(&self, hash: &ContentHash) -> PathBuf {
        self.blobs().join(hash.shard()).join(hash.as_str())
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    pub(crate) fn cached(&self, hash: &ContentHash) -> PathBuf {
        self.cache().join(hash.shard()).join(hash.as_str())
    }

    pub(crate) fn avatars(&self) -> PathBuf {
        self.root.join("avatars")
    }

    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(crate) fn trash(&self) -> PathBuf {
        self.root.join("trash")
    }
}

/// File system work happens off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(Error::Io(std::io::Error::other(cancelled))),
        },
    }
}
