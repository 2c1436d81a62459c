//! Receiving a stream: hashed and written in batches while it arrives, kept only when it is whole.

use crate::durable::{lock_folder, make_folders, sync_folder};
use crate::temp::TempFile;
use crate::{Error, Store};
use bytes::{Bytes, BytesMut};
use model::ContentHash;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::time::SystemTime;
use tokio::task::JoinHandle;

/// How much of the beginning is kept for telling the type.
pub const HEAD_BYTES: usize = 8 * 1024;
/// Bytes gathered before the disk and the hash see them: large enough that the hop to another thread costs nothing.
const BATCH_BYTES: usize = 256 * 1024;

/// A stream being received. Dropping it leaves nothing behind.
pub struct Receiver {
    store: Store,
    limit_bytes: u64,
    size_bytes: u64,
    head: Vec<u8>,
    batch: BytesMut,
    disk: Disk,
}

/// Where the writing half is: here, or away with a batch. One batch at a time is away, so a slow disk slows the sender.
enum Disk {
    Here(Box<Writing>),
    Away(JoinHandle<Result<Box<Writing>, Error>>),
    Lost,
}

struct Writing {
    temp: TempFile,
    file: File,
    sha256: Sha256,
}

/// A whole stream on disk, not yet kept: dropping it removes it.
pub struct Received {
    /// The SHA-256 of its bytes.
    pub hash: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its first [`HEAD_BYTES`] bytes, or all of them.
    pub head: Vec<u8>,
    store: Store,
    temp: TempFile,
    file: File,
}

impl Store {
    /// Begins to receive a stream of at most `limit_bytes`.
    pub async fn receiver(&self, limit_bytes: u64) -> Result<Receiver, Error> {
        let tmp = self.tmp();
        let writing = self.run(move || {
            let (temp, file) = TempFile::create(&tmp)?;
            Ok(Box::new(Writing { temp, file, sha256: Sha256::new() }))
        });
        Ok(Receiver {
            store: self.clone(),
            limit_bytes,
            size_bytes: 0,
            head: Vec::new(),
            batch: BytesMut::new(),
            disk: Disk::Here(writing.await?),
        })
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
        self.batch.extend_from_slice(&chunk);
        if self.batch.len() >= BATCH_BYTES { self.send_batch().await } else { Ok(()) }
    }

    /// Waits for the last batch. Nothing is durable yet: [`Received::keep`] makes it so.
    pub async fn finish(mut self) -> Result<Received, Error> {
        self.send_batch().await?;
        let Writing { temp, file, sha256 } = *self.writing().await?;
        let hash = ContentHash::from_digest(sha256.finalize().into());
        Ok(Received { hash, size_bytes: self.size_bytes, head: self.head, store: self.store, temp, file })
    }

    async fn send_batch(&mut self) -> Result<(), Error> {
        let batch = self.batch.split().freeze();
        if batch.is_empty() {
            return Ok(());
        }
        let mut writing = self.writing().await?;
        self.disk = Disk::Away(tokio::task::spawn_blocking(move || {
            writing.sha256.update(&batch);
            writing.file.write_all(&batch)?;
            Ok(writing)
        }));
        Ok(())
    }

    async fn writing(&mut self) -> Result<Box<Writing>, Error> {
        match std::mem::replace(&mut self.disk, Disk::Lost) {
            Disk::Here(writing) => Ok(writing),
            Disk::Away(task) => task.await.map_err(|error| Error::Io(std::io::Error::other(error)))?,
            Disk::Lost => Err(Error::Io(std::io::Error::other("an earlier batch was not written"))),
        }
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
            self.temp.rename(&target)?;
        } else {
            // Young again, so that the sweep leaves it alone until the caller has written its row.
            File::options().write(true).open(&target)?.set_modified(SystemTime::now())?;
        }
        sync_folder(&folder)?;
        Ok(is_new)
    }
}

/// A blob of another size than its hash's bytes is damaged, and replaced.
fn known(target: &std::path::Path, size_bytes: u64) -> Result<bool, Error> {
    match std::fs::metadata(target) {
        Ok(found) => Ok(found.is_file() && found.len() == size_bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}
