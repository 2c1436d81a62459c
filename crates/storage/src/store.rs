//! The store itself: where its folders are, and how much space is left.

use crate::Error;
use crate::durable::{make_folder, make_folders, sync_folder};
use crate::recent::RecentArtifacts;
use crate::temp::TempFile;
use model::{ArtifactLife, ContentHash};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::spawn_blocking;

/// A folder with blobs and artifacts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
    recent: RecentArtifacts,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    /// It had an id when it was looked at last, so that it is not there without one.
    has_id: AtomicBool,
}

/// The file with the store's id.
pub(crate) const ID: &str = "id";
/// Bytes that a probe writes.
const PROBE_BYTES: usize = 64 << 10;
/// Less free space than this is none: what is made of one ordinary file would take it.
const ROOM_BYTES: u64 = 16 << 20;

/// Space on the store's volume, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// What an unprivileged process may still write.
    pub free_bytes: u64,
    /// The size of the volume.
    pub total_bytes: u64,
}

impl Store {
    /// Opens the store in `root`, making its folders when they are not there. All of them are durable when this returns, those of
    /// the shards too, so that no upload depends on a folder whose name a power cut may take.
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self, Error> {
        let shared = Arc::new(Shared { root: root.into(), has_id: AtomicBool::new(false) });
        let store = Self { shared, recent: RecentArtifacts::new() };
        let opened = store.clone();
        blocking(move || {
            let root = opened.root();
            if !root.is_dir() {
                std::fs::create_dir_all(root)?;
                root.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
            }
            for folder in ["blobs", "derived", "cache", "avatars", "tmp", "trash", "uploads"] {
                make_folders(root, &[folder])?;
            }
            let [derived, cache] = ArtifactLife::ALL.map(|life| opened.artifacts(life));
            for folder in [opened.blobs(), derived, cache] {
                for shard in 0..=u8::MAX {
                    let made = std::fs::create_dir(folder.join(format!("{shard:02x}")));
                    made.or_else(|error| match error.kind() {
                        std::io::ErrorKind::AlreadyExists => Ok(()),
                        _ => Err(error),
                    })?;
                }
                // Whether they were made now or by a start that a power cut ended.
                sync_folder(&folder)?;
            }
            Ok(())
        })
        .await?;
        Ok(store)
    }

    /// Does what every writer of the store needs done: a little is written and synced, and there is room for more. An error says
    /// that the store is not well, whatever file a caller had trouble with.
    pub async fn probe(&self) -> Result<(), Error> {
        let store = self.clone();
        self.run(move || {
            store.require_here()?;
            let (_removed_on_drop, mut file) = TempFile::create(&store.tmp())?;
            file.write_all(&[0; PROBE_BYTES])?;
            Ok(file.sync_all()?)
        })
        .await?;
        self.require_space(ROOM_BYTES, 0).await
    }

    /// A file without a name on the store's volume, gone when it is closed: where a sandboxed child writes.
    pub async fn temp_output(&self) -> Result<File, Error> {
        let tmp = self.tmp();
        self.run(move || Ok(tempfile::tempfile_in(tmp)?)).await
    }

    /// The space on the volume.
    pub async fn space(&self) -> Result<Space, Error> {
        let store = self.clone();
        self.run(move || {
            // An empty folder where a volume was mounted has space, too: another volume's.
            store.require_here()?;
            let volume = rustix::fs::statvfs(store.root()).map_err(std::io::Error::from)?;
            Ok(Space { free_bytes: volume.f_bavail * volume.f_frsize, total_bytes: volume.f_blocks * volume.f_frsize })
        })
        .await
    }

    /// Refuses with [`Error::NoSpace`] when writing `size_bytes` would leave less than `watermark_bytes` free.
    pub async fn require_space(&self, size_bytes: u64, watermark_bytes: u64) -> Result<(), Error> {
        let free = self.space().await?.free_bytes;
        if free < watermark_bytes.saturating_add(size_bytes) { Err(Error::NoSpace) } else { Ok(()) }
    }

    /// File system work off the async threads. What it does not find is not there only if the store is.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.clone();
        blocking(move || match work() {
            Err(Error::NotFound) => store.require_here().and(Err(Error::NotFound)),
            other => other,
        })
        .await
    }

    /// Fails with [`Error::Away`] where the store was and is not: neither an empty mount point nor a folder that was made beside a
    /// moved one is it.
    pub(crate) fn require_here(&self) -> Result<(), Error> {
        let is_here = |path: PathBuf| match std::fs::symlink_metadata(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::from(error)),
        };
        let marker = if self.shared.has_id.load(Ordering::Relaxed) { self.root().join(ID) } else { self.blobs() };
        if is_here(marker)? { Ok(()) } else { Err(Error::Away) }
    }

    /// From now on the store is known by its id.
    pub(crate) fn has_id_now(&self) {
        self.shared.has_id.store(true, Ordering::Relaxed);
    }

    pub(crate) fn root(&self) -> &Path {
        &self.shared.root
    }

    pub(crate) fn recent(&self) -> &RecentArtifacts {
        &self.recent
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.root().join("blobs")
    }

    pub(crate) fn blob(&self, hash: &ContentHash) -> PathBuf {
        self.blobs().join(hash.shard()).join(hash.as_str())
    }

    /// The folder of all artifacts that have this life.
    pub(crate) fn artifacts(&self, life: ArtifactLife) -> PathBuf {
        self.root().join(Self::artifacts_name(life))
    }

    /// What that folder is called, in the store and in its trash.
    pub(crate) fn artifacts_name(life: ArtifactLife) -> &'static str {
        match life {
            ArtifactLife::Cached => "cache",
            ArtifactLife::Kept => "derived",
        }
    }

    /// The folder of a content's artifacts that have this life.
    pub(crate) fn artifacts_of(&self, hash: &ContentHash, life: ArtifactLife) -> PathBuf {
        self.artifacts(life).join(hash.shard()).join(hash.as_str())
    }

    /// The same, which is there now.
    pub(crate) fn make_artifacts_folder(&self, hash: &ContentHash, life: ArtifactLife) -> Result<PathBuf, Error> {
        let folder = self.artifacts_of(hash, life);
        match make_folder(&folder) {
            // A person has tidied up.
            Err(Error::NotFound) => {
                self.require_here()?;
                let all = self.artifacts(life);
                make_folder(&all)?;
                make_folders(&all, &[hash.shard(), hash.as_str()])
            }
            made => made.map(|()| folder),
        }
    }

    pub(crate) fn avatars(&self) -> PathBuf {
        self.root().join("avatars")
    }

    pub(crate) fn tmp(&self) -> PathBuf {
        self.root().join("tmp")
    }

    pub(crate) fn uploads(&self) -> PathBuf {
        self.root().join("uploads")
    }

    pub(crate) fn trash(&self) -> PathBuf {
        self.root().join("trash")
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
