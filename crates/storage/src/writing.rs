//! Bytes on their way into a file: gathered into batches, which are hashed and written off the async threads, one at a time.

use crate::Error;
use crate::store::blocking;
use bytes::{Bytes, BytesMut};
use model::ContentHash;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Write};
use tokio::task::JoinHandle;

/// Bytes gathered before the disk and the hash see them: large enough that the hop to another thread costs nothing.
pub(crate) const BATCH_BYTES: usize = 256 * 1024;

/// The SHA-256 of the first bytes of a file, to be gone on with.
#[derive(Debug, Clone, Default)]
pub struct Digest {
    sha256: Sha256,
    size_bytes: u64,
}

/// What a sender says that its bytes are, by an algorithm of its choice.
#[derive(Debug, Clone)]
pub struct Checksum {
    expected: Vec<u8>,
    hasher: Hasher,
}

#[derive(Debug, Clone)]
enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

/// The algorithms of a [`Checksum`], by the names that tus has for them.
pub const CHECKSUM_ALGORITHMS: [&str; 2] = ["sha1", "sha256"];

/// A file being written, and what is found out of its bytes meanwhile.
pub(crate) struct Writing {
    pub(crate) file: File,
    /// Of the whole file, as long as it is known of all before.
    pub(crate) digest: Option<Digest>,
    /// Of what is written now.
    pub(crate) checksum: Option<Checksum>,
}

/// The way into a file. One batch at a time is away, so that a slow disk slows the sender.
pub(crate) struct Batches {
    batch: BytesMut,
    disk: Disk,
}

/// Where the writing half is: here, or away with a batch.
enum Disk {
    Here(Box<Writing>),
    Away(JoinHandle<Result<Box<Writing>, Error>>),
    Lost,
}

impl Digest {
    /// How many bytes it is of.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    pub(crate) fn finish(self) -> ContentHash {
        ContentHash::from_digest(self.sha256.finalize().into())
    }
}

impl Checksum {
    /// By one of [`CHECKSUM_ALGORITHMS`]; nothing by another.
    pub fn new(algorithm: &str, expected: Vec<u8>) -> Option<Self> {
        let hasher = match algorithm {
            "sha1" => Hasher::Sha1(Sha1::new()),
            "sha256" => Hasher::Sha256(Sha256::new()),
            _ => return None,
        };
        Some(Self { expected, hasher })
    }

    fn update(&mut self, bytes: &[u8]) {
        match &mut self.hasher {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// Whether the bytes were what the sender said.
    pub(crate) fn holds(self) -> bool {
        match self.hasher {
            Hasher::Sha1(hasher) => hasher.finalize()[..] == self.expected,
            Hasher::Sha256(hasher) => hasher.finalize()[..] == self.expected,
        }
    }
}

impl Writing {
    fn write(&mut self, batch: &[u8]) -> Result<(), Error> {
        if let Some(digest) = &mut self.digest {
            digest.update(batch);
        }
        if let Some(checksum) = &mut self.checksum {
            checksum.update(batch);
        }
        Ok(self.file.write_all(batch)?)
    }
}

impl Batches {
    pub(crate) fn new(writing: Writing) -> Self {
        Self { batch: BytesMut::new(), disk: Disk::Here(Box::new(writing)) }
    }

    /// Takes the next bytes; returns once there is room for more.
    pub(crate) async fn push(&mut self, chunk: &Bytes) -> Result<(), Error> {
        self.batch.extend_from_slice(chunk);
        if self.batch.len() >= BATCH_BYTES { self.send_batch().await } else { Ok(()) }
    }

    /// Writes what was pushed and gives a handle of the same file, to sync it by while more is pushed.
    pub(crate) async fn flush(&mut self) -> Result<File, Error> {
        self.send_batch().await?;
        let writing = self.writing().await?;
        let file = writing.file.try_clone();
        self.disk = Disk::Here(writing);
        Ok(file?)
    }

    /// Waits for the last batch.
    pub(crate) async fn finish(mut self) -> Result<Writing, Error> {
        self.send_batch().await?;
        Ok(*self.writing().await?)
    }

    async fn send_batch(&mut self) -> Result<(), Error> {
        let batch = self.batch.split().freeze();
        if batch.is_empty() {
            return Ok(());
        }
        let mut writing = self.writing().await?;
        self.disk = Disk::Away(tokio::task::spawn_blocking(move || {
            writing.write(&batch)?;
            Ok(writing)
        }));
        Ok(())
    }

    async fn writing(&mut self) -> Result<Box<Writing>, Error> {
        match std::mem::replace(&mut self.disk, Disk::Lost) {
            Disk::Here(writing) => Ok(writing),
            Disk::Away(task) => task.await.map_err(|error| Error::Io(io::Error::other(error)))?,
            Disk::Lost => Err(Error::Io(io::Error::other("an earlier batch was not written"))),
        }
    }
}

/// Waits until what was written to a file is on the disk.
pub(crate) async fn sync(file: File) -> Result<(), Error> {
    blocking(move || Ok(file.sync_data()?)).await
}
