//! The bytes of an upload that comes in pieces: `uploads/<id>`, of which whatever was synced stays, however a piece ends.

use crate::durable::sync_folder;
use crate::receive::Source;
use crate::sweep::{age, entries};
use crate::writing::{BATCH_BYTES, Batches, Checksum, Digest, Writing, sync};
use crate::{Error, HEAD_BYTES, Received, Store};
use bytes::Bytes;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

/// The file of an upload, open. Nobody else has it meanwhile, in this process or another.
pub struct Partial {
    store: Store,
    path: PathBuf,
    file: File,
    size_bytes: u64,
}

/// A piece on its way into it.
pub struct PartialWriter {
    partial: Partial,
    batches: Batches,
    /// What was there before the piece, and the digest of that.
    begun_at: u64,
    digest_before: Option<Digest>,
    offset_bytes: u64,
    has_checksum: bool,
}

/// What was pushed so far, on its way to the disk.
pub struct Syncing {
    file: File,
    offset_bytes: u64,
}

/// How a piece ended.
pub struct Written {
    /// The file.
    pub partial: Partial,
    /// How much of it is on the disk for certain.
    pub offset_bytes: u64,
    /// The digest of that, where it is known.
    pub digest: Option<Digest>,
    /// The piece was what its checksum said, or had none. If it was not, nothing of it is left.
    pub is_right: bool,
}

/// The bytes of an upload as they lie in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredPartial {
    /// The upload.
    pub id: Uuid,
    /// Time since something came.
    pub age: Duration,
}

impl Store {
    /// Makes the file of an upload, empty and durable.
    pub async fn create_partial(&self, id: Uuid) -> Result<(), Error> {
        let folder = self.uploads();
        self.run(move || {
            File::options().write(true).create_new(true).mode(0o640).open(folder.join(id.to_string()))?;
            sync_folder(&folder)
        })
        .await
    }

    /// Opens the file of an upload; nothing while somebody else has it.
    pub async fn open_partial(&self, id: Uuid) -> Result<Option<Partial>, Error> {
        let (store, path) = (self.clone(), self.uploads().join(id.to_string()));
        self.run(move || {
            let file = File::options().read(true).write(true).open(&path)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
                Err(error) => return Err(io::Error::from(error).into()),
            }
            let size_bytes = file.metadata()?.len();
            Ok(Some(Partial { store, path, file, size_bytes }))
        })
        .await
    }

    /// Removes the file of an upload. One that is not there is as good.
    pub async fn remove_partial(&self, id: Uuid) -> Result<(), Error> {
        let path = self.uploads().join(id.to_string());
        self.run(move || match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        })
        .await
    }

    /// Everything that is kept for uploads.
    pub async fn list_partials(&self) -> Result<Vec<StoredPartial>, Error> {
        let folder = self.uploads();
        self.run(move || {
            let mut found = vec![];
            for entry in entries(&folder)?.into_iter().flatten() {
                let entry = entry?;
                let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
                match entry.metadata() {
                    Ok(file) => found.push(StoredPartial { id, age: age(file.modified()?) }),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(found)
        })
        .await
    }
}

impl Partial {
    /// How many bytes it has, of which the last may not be on the disk.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Goes on at `offset_bytes`; what came after that was never said to be there. A digest of anything else is not gone on with.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it has fewer bytes.
    pub async fn writer(
        self,
        offset_bytes: u64,
        digest: Option<Digest>,
        checksum: Option<Checksum>,
    ) -> Result<PartialWriter, Error> {
        let fresh = (offset_bytes == 0).then(Digest::default);
        let digest = digest.filter(|digest| digest.size_bytes() == offset_bytes).or(fresh);
        let partial = self.cut(offset_bytes).await?;
        let (file, digest_before, has_checksum) = (partial.file.try_clone()?, digest.clone(), checksum.is_some());
        let batches = Batches::new(Writing { file, digest, checksum });
        Ok(PartialWriter { partial, batches, begun_at: offset_bytes, digest_before, offset_bytes, has_checksum })
    }

    /// All of it, to be kept. What is known of its digest saves reading it again.
    pub async fn into_received(self, digest: Option<Digest>) -> Result<Received, Error> {
        let store = self.store.clone();
        let received = move || {
            let Self { store, path, mut file, size_bytes } = self;
            let mut head = vec![0; HEAD_BYTES.min(usize::try_from(size_bytes).unwrap_or(HEAD_BYTES))];
            file.read_exact_at(&mut head, 0)?;
            let digest = match digest.filter(|digest| digest.size_bytes() == size_bytes) {
                Some(digest) => digest,
                None => {
                    let mut digest = Digest::default();
                    file.seek(SeekFrom::Start(0))?;
                    read_all(&mut file, |bytes| {
                        digest.update(bytes);
                        Ok(())
                    })?;
                    digest
                }
            };
            Ok(Received { hash: digest.finish(), size_bytes, head, store, source: Source::Partial(path), file })
        };
        store.run(received).await
    }

    /// Makes it of the bytes of others, one after the other; each has to have as many as is said. Whatever it had is gone.
    ///
    /// # Errors
    /// [`Error::NotFound`] when one of them is gone or has fewer.
    pub async fn concatenate(self, parts: Vec<(Uuid, u64)>) -> Result<(Self, Digest), Error> {
        let mut whole = self.cut(0).await?;
        let store = whole.store.clone();
        let copy = move || {
            let mut digest = Digest::default();
            for (id, size_bytes) in parts {
                let mut part = File::open(whole.store.uploads().join(id.to_string()))?.take(size_bytes);
                let end = digest.size_bytes() + size_bytes;
                read_all(&mut part, |bytes| {
                    digest.update(bytes);
                    whole.file.write_all(bytes)
                })?;
                if digest.size_bytes() != end {
                    return Err(Error::NotFound);
                }
            }
            whole.file.sync_data()?;
            whole.size_bytes = digest.size_bytes();
            Ok((whole, digest))
        };
        store.run(copy).await
    }

    async fn cut(mut self, size_bytes: u64) -> Result<Self, Error> {
        if self.size_bytes < size_bytes {
            return Err(Error::NotFound);
        }
        let store = self.store.clone();
        let cut = move || {
            if self.size_bytes > size_bytes {
                self.file.set_len(size_bytes)?;
                self.size_bytes = size_bytes;
            }
            self.file.seek(SeekFrom::Start(size_bytes))?;
            Ok(self)
        };
        store.run(cut).await
    }
}

impl PartialWriter {
    /// How much there is with what was pushed.
    pub fn offset_bytes(&self) -> u64 {
        self.offset_bytes
    }

    /// True when nothing of the piece stays unless all of it is right.
    pub fn has_checksum(&self) -> bool {
        self.has_checksum
    }

    /// Takes the next bytes; returns once there is room for more.
    pub async fn push(&mut self, chunk: &Bytes) -> Result<(), Error> {
        self.offset_bytes += chunk.len() as u64;
        self.batches.push(chunk).await
    }

    /// What was pushed so far, to be synced while more is pushed.
    pub async fn begin_sync(&mut self) -> Result<Syncing, Error> {
        Ok(Syncing { file: self.batches.flush().await?, offset_bytes: self.offset_bytes })
    }

    /// Ends the piece: what was pushed is on the disk afterwards, or gone if there is a checksum and it broke off or is another one.
    pub async fn finish(self, broke_off: bool) -> Result<Written, Error> {
        let Self { mut partial, batches, begun_at, digest_before, offset_bytes, .. } = self;
        let Writing { file, digest, checksum } = batches.finish().await?;
        partial.size_bytes = offset_bytes;
        let is_right = checksum.is_none_or(|checksum| !broke_off && checksum.holds());
        if !is_right {
            let partial = partial.cut(begun_at).await?;
            return Ok(Written { partial, offset_bytes: begun_at, digest: digest_before, is_right });
        }
        sync(file).await?;
        Ok(Written { partial, offset_bytes, digest, is_right })
    }
}

impl Syncing {
    /// Waits for the disk, and says how many bytes are there for certain.
    pub async fn wait(self) -> Result<u64, Error> {
        sync(self.file).await?;
        Ok(self.offset_bytes)
    }
}

/// Hands over all that a file still has, a batch at a time.
fn read_all(file: &mut impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut batch = vec![0; BATCH_BYTES];
    loop {
        match file.read(&mut batch)? {
            0 => return Ok(()),
            read => take(&batch[..read])?,
        }
    }
}
