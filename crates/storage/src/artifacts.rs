//! Keeping, reading and removing artifacts.

use crate::durable::move_into_place;
use crate::misplaced::forget_misplaced;
use crate::sweep::age;
use crate::temp::TempFile;
use crate::{Blob, Error, RecentArtifact, Store};
use bytes::Bytes;
use model::{ArtifactLife, ContentHash};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where one artifact lies in a child's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactRange {
    /// The artifact's name.
    pub name: String,
    /// Where it begins in the output, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub size_bytes: u64,
}

/// True for names that an artifact may have: they stay in their folder, and somebody has decided which life they have.
pub fn valid_artifact_name(name: &str) -> bool {
    life_of(name).is_ok()
}

impl Store {
    /// Copies ranges of a child's output to be artifacts, each of which replaces an earlier one at once or not at all. All are
    /// synced before the first is put in place.
    pub async fn keep_artifacts(
        &self,
        hash: &ContentHash,
        output: Arc<File>,
        ranges: Vec<ArtifactRange>,
    ) -> Result<(), Error> {
        let (store, hash, tmp) = (self.clone(), hash.clone(), self.tmp());
        self.run(move || {
            let lives: Result<Vec<_>, Error> = ranges.iter().map(|range| life_of(&range.name)).collect();
            let mut copies = vec![];
            for (range, life) in ranges.iter().zip(lives?) {
                copies.push((life, copy(&tmp, &output, range)?, range.name.as_str()));
            }
            for life in ArtifactLife::ALL {
                let those = copies.extract_if(.., |(of, ..)| *of == life).map(|(_, temp, name)| (temp, name));
                let those: Vec<_> = those.collect();
                if those.is_empty() {
                    continue;
                }
                move_into_place(&store.make_artifacts_folder(&hash, life)?, those)?;
            }
            for range in &ranges {
                forget_misplaced(&store, &hash, &range.name)?;
                store.recent().forget(&hash, &range.name);
            }
            Ok(())
        })
        .await
    }

    /// Opens an artifact for reading.
    pub async fn open_artifact(&self, hash: &ContentHash, name: &str) -> Result<Blob, Error> {
        let path = self.artifact(hash, name)?;
        match Blob::open(self, path.clone()).await {
            Err(Error::NotFound) if self.move_misplaced(hash, name).await? => Blob::open(self, path).await,
            opened => opened,
        }
    }

    /// An artifact that was given to [`Store::keep_in_memory`] within the last minute, if there was room for it.
    pub fn recent_artifact(&self, hash: &ContentHash, name: &str) -> Option<RecentArtifact> {
        self.recent().find(hash, name)
    }

    /// Keeps an artifact that was just read, all of it, if it is small.
    pub fn keep_in_memory(&self, hash: &ContentHash, name: &str, mime: &str, bytes: Bytes) {
        self.recent().keep(hash, name, mime, bytes);
    }

    /// Removes an artifact's bytes and says how many there were; one that is not there had none.
    pub async fn remove_artifact(&self, hash: &ContentHash, name: &str) -> Result<u64, Error> {
        let (path, folder) = (self.artifact(hash, name)?, self.artifacts_of(hash, life_of(name)?));
        self.recent().forget(hash, name);
        let (store, hash, name) = (self.clone(), hash.clone(), name.to_owned());
        self.run(move || {
            forget_misplaced(&store, &hash, &name)?;
            let size_bytes = match std::fs::metadata(&path) {
                Ok(found) => found.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
                Err(error) => return Err(error.into()),
            };
            std::fs::remove_file(&path)?;
            // Fails while other artifacts are in it, as it should.
            let _ = std::fs::remove_dir(&folder);
            Ok(size_bytes)
        })
        .await
    }

    /// Removes an artifact that was not made again within `older_than`, and says how many bytes it had; none when it stays.
    pub async fn remove_old_artifact(
        &self,
        hash: &ContentHash,
        name: &str,
        older_than: Duration,
    ) -> Result<Option<u64>, Error> {
        let path = self.artifact(hash, name)?;
        let is_old = self.run(move || match std::fs::metadata(&path) {
            Ok(found) => Ok(age(found.modified()?) >= older_than),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        });
        if is_old.await? { self.remove_artifact(hash, name).await.map(Some) } else { Ok(None) }
    }

    fn artifact(&self, hash: &ContentHash, name: &str) -> Result<PathBuf, Error> {
        Ok(self.artifacts_of(hash, life_of(name)?).join(name))
    }
}

/// The life of a name that stays in its folder and that somebody has decided about.
fn life_of(name: &str) -> Result<ArtifactLife, Error> {
    match model::artifact_life(name) {
        Some(life) if stays_in_folder(name) => Ok(life),
        _ => Err(Error::BadName(name.into())),
    }
}

/// Lower-case letters, digits, dots and dashes, no dot in front.
fn stays_in_folder(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(allowed)
}

/// Reads by position, so that nobody's file offset matters; a range the output does not have is an error.
fn copy(tmp: &Path, output: &File, range: &ArtifactRange) -> Result<TempFile, Error> {
    let (temp, mut file) = TempFile::create(tmp)?;
    let mut buffer = vec![0; 128 * 1024];
    let mut copied = 0;
    while copied < range.size_bytes {
        let wanted = buffer.len().min((range.size_bytes - copied) as usize);
        let offset = range.offset.checked_add(copied).ok_or_else(|| Error::Io(io::ErrorKind::InvalidInput.into()))?;
        match output.read_at(&mut buffer[..wanted], offset)? {
            0 => return Err(Error::Io(io::ErrorKind::UnexpectedEof.into())),
            read => {
                file.write_all(&buffer[..read])?;
                copied += read as u64;
            }
        }
    }
    file.sync_all()?;
    Ok(temp)
}
