//! Receiving a stream: hashed and written in batches while it arrives, kept only when it is whole.

use crate::durable::{lock_folder, make_folders, sync_folder};
use crate::temp::TempFile;
use crate::writing::{Batches, Digest, Writing};
use crate::{Error, Store};
use bytes::Bytes;
use model::ContentHash;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How much of the beginning is kept for telling the type.
pub const HEAD_BYTES: usize = 8 * 1024;

/// A stream being received. Dropping it leaves nothing behind.
pub struct Receiver {
    store: Store,
    limit_bytes: u64,
    size_bytes: u64,
    head: Vec<u8>,
    temp: TempFile,
    batches: Batches,
}

/// A whole stream on disk, not yet kept: dropping it removes it, unless it came in pieces, whose upload has them still.
pub struct Received {
    /// The SHA-256 of its bytes.
    pub hash: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its first [`HEAD_BYTES`] bytes, or all of them.
    pub head: Vec<u8>,
    pub(crate) store: Store,
    pub(crate) source: Source,
    pub(crate) file: File,
}

/// Where the bytes of a whole stream lie.
pub(crate) enum Source {
    /// In a file of their own, which becomes the blob.
    Temp(TempFile),
    /// In the file of an upload, which keeps them until it is said to be over: the blob is another name for them.
    Partial(PathBuf),
}

impl Store {
    /// Begins to receive a stream of at most `limit_bytes`.
    pub async fn receiver(&self, limit_bytes: u64) -> Result<Receiver, Error> {
        let tmp = self.tmp();
        let (temp, file) = self.run(move || TempFile::create(&tmp)).await?;
        let batches = Batches::new(Writing { file, digest: Some(Digest::default()), checksum: None });
        Ok(Receiver { store: self.clone(), limit_bytes, size_bytes: 0, head: Vec::new(), temp, batches })
    }
}

impl Receiver {
    /// Takes the next bytes; returns once there is room for more.
    pub async fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.size_bytes += chunk.len() as u64;
        if self.size_bytes > self.limit_bytes {
            return Err(Error::TooLarge { limit_bytes: self.limit_bytes });
        }
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..wanted]);
        self.batches.push(&chunk).await
    }

    /// Waits for the last batch. Nothing is durable yet: [`Received::keep`] makes it so.
    pub async fn finish(self) -> Result<Received, Error> {
        let Writing { file, digest, .. } = self.batches.finish().await?;
        let hash = digest.expect("a stream is hashed from its first byte").finish();
        let source = Source::Temp(self.temp);
        Ok(Received { hash, size_bytes: self.size_bytes, head: self.head, store: self.store, source, file })
    }
}

impl Received {
    /// Makes it a blob: synced, in its place, its folder synced. Bytes that are already there are not written again.
    /// True when they were new.
    pub async fn keep(self) -> Result<bool, Error> {
        let store = self.store.clone();
        store.run(move || self.keep_now()).await
    }

    fn keep_now(self) -> Result<bool, Error> {
        let target = self.store.blob(&self.hash);
        let folder = self.store.blobs().join(self.hash.shard());
        if !known(&target, self.size_bytes)? {
            self.file.sync_all()?;
        }
        let _held = match lock_folder(&folder) {
            // A person has tidied up.
            Err(Error::NotFound) => {
                self.store.require_here()?;
                lock_folder(&make_folders(self.store.root(), &["blobs", self.hash.shard()])?)
            }
            held => held,
        }?;
        // Asked again under the lock: the sweep may have taken it, or another upload may have brought it.
        let is_new = !known(&target, self.size_bytes)?;
        if is_new {
            self.file.sync_all()?;
            let temp = match self.source {
                Source::Temp(temp) => temp,
                Source::Partial(path) => TempFile::of_same_bytes(&self.store.tmp(), &path)?,
            };
            temp.rename(&target)?;
        } else {
            // Young again, so that the sweep leaves it alone until the caller has written its row.
            File::options().write(true).open(&target)?.set_modified(SystemTime::now())?;
        }
        sync_folder(&folder)?;
        Ok(is_new)
    }
}

/// A blob of another size than its hash's bytes is damaged, and replaced.
fn known(target: &Path, size_bytes: u64) -> Result<bool, Error> {
    match std::fs::metadata(target) {
        Ok(found) => Ok(found.is_file() && found.len() == size_bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}
