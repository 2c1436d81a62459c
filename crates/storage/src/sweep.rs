//! What clean-up needs: walking the store one shard at a time, and removing temporary files that are old enough.

use crate::{Error, Store};
use model::{ArtifactLife, ContentHash, artifact_life};
use std::fs::{DirEntry, ReadDir};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A blob as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its hash.
    pub hash: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Time since it came, or came again.
    pub age: Duration,
}

/// An artifact as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredArtifact {
    /// The content it was derived from.
    pub hash: ContentHash,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Time since it was made.
    pub age: Duration,
}

impl Store {
    /// Removes temporary files nobody has written to for `older_than`: what a crash left behind. Says how many.
    pub async fn sweep_temp(&self, older_than: Duration) -> Result<u64, Error> {
        let tmp = self.tmp();
        self.run(move || {
            let mut removed = 0;
            for entry in std::fs::read_dir(tmp)? {
                let entry = entry?;
                if let Some((_, age)) = size_and_age(&entry)?
                    && age >= older_than
                    && removed_now(&entry.path())?
                {
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    /// The blobs whose hash begins with the byte `shard`. A full walk is 256 calls, none of which holds much.
    pub async fn list_blobs(&self, shard: u8) -> Result<Vec<StoredBlob>, Error> {
        let folder = self.blobs().join(format!("{shard:02x}"));
        self.run(move || {
            let mut blobs = vec![];
            for entry in entries(&folder)?.into_iter().flatten() {
                let entry = entry?;
                if let (Some(hash), Some((size_bytes, age))) = (hash_of(&entry), size_and_age(&entry)?) {
                    blobs.push(StoredBlob { hash, size_bytes, age });
                }
            }
            Ok(blobs)
        })
        .await
    }

    /// The artifacts of contents whose hash begins with the byte `shard`.
    pub async fn list_artifacts(&self, shard: u8) -> Result<Vec<StoredArtifact>, Error> {
        let store = self.clone();
        self.run(move || {
            let mut artifacts = vec![];
            for life in ArtifactLife::ALL {
                artifacts.append(&mut artifacts_in(&store.artifacts(life), shard, &ArtifactLife::ALL)?);
            }
            Ok(artifacts)
        })
        .await
    }
}

/// The artifacts of a shard in one of the folders that have some, but for those whose names say another life than these.
pub(crate) fn artifacts_in(folder: &Path, shard: u8, lives: &[ArtifactLife]) -> Result<Vec<StoredArtifact>, Error> {
    let mut artifacts = vec![];
    for content in entries(&folder.join(format!("{shard:02x}")))?.into_iter().flatten() {
        let content = content?;
        let Some(hash) = hash_of(&content) else { continue };
        for entry in entries(&content.path())?.into_iter().flatten() {
            let entry = entry?;
            // What nothing here stores, a later release may have.
            if let Ok(name) = entry.file_name().into_string()
                && artifact_life(&name).is_some_and(|life| lives.contains(&life))
                && let Some((size_bytes, age)) = size_and_age(&entry)?
            {
                artifacts.push(StoredArtifact { hash: hash.clone(), name, size_bytes, age });
            }
        }
    }
    Ok(artifacts)
}

/// A folder's entries; a folder that is not there has none.
pub(crate) fn entries(folder: &Path) -> Result<Option<ReadDir>, Error> {
    match std::fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn hash_of(entry: &DirEntry) -> Option<ContentHash> {
    entry.file_name().to_str().and_then(|name| name.parse().ok())
}

/// Nothing when the entry vanished meanwhile, as temporary files do, or is no file.
fn size_and_age(entry: &DirEntry) -> Result<Option<(u64, Duration)>, Error> {
    match entry.metadata() {
        Ok(found) if found.is_file() => Ok(Some((found.len(), age(found.modified()?)))),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn removed_now(path: &Path) -> Result<bool, Error> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn age(modified: SystemTime) -> Duration {
    SystemTime::now().duration_since(modified).unwrap_or_default()
}
