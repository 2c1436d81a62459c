//! An open blob, artifact or avatar. Where its bytes lie is the store's own affair: whoever reads them asks for the whole, for a
//! range, for a stream, or for a file of this machine.

use crate::store::blocking;
use crate::{Error, Store};
use bytes::Bytes;
use futures_util::Stream;
use model::ContentHash;
use std::fs::File;
use std::io::{self, Read, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes of a stream read at a time: one trip to the disk's threads each.
const STREAM_BYTES: usize = 128 * 1024;

/// Bytes that are open for reading. They do not change, whatever becomes of their name meanwhile.
#[derive(Debug)]
pub struct Blob {
    file: File,
    size_bytes: u64,
}

impl Store {
    /// Opens a blob for reading.
    pub async fn open_blob(&self, hash: &ContentHash) -> Result<Blob, Error> {
        Blob::open(self, self.blob(hash)).await
    }
}

impl Blob {
    /// The first `size_bytes` of a file that was just made and is kept nowhere, such as one from [`Store::temp_output`].
    pub fn from_file(file: File, size_bytes: u64) -> Self {
        Self { file, size_bytes }
    }

    pub(crate) async fn open(store: &Store, path: PathBuf) -> Result<Self, Error> {
        store
            .run(move || {
                let file = File::open(path)?;
                let size_bytes = file.metadata()?.len();
                Ok(Self { file, size_bytes })
            })
            .await
    }

    /// How many bytes.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// A descriptor of this machine, open for reading at its beginning: a confined child opens nothing, so that its input has to
    /// be one. A store that keeps its bytes elsewhere would fetch them into a file without a name first.
    pub async fn into_file(self) -> Result<File, Error> {
        Ok(self.file)
    }

    /// All of it as text. Blocks the thread while it reads.
    pub fn read_to_string(self) -> Result<String, Error> {
        let mut text = String::with_capacity(usize::try_from(self.size_bytes).map_err(io::Error::other)?);
        self.file.take(self.size_bytes).read_to_string(&mut text)?;
        Ok(text)
    }

    /// A range of it in memory, in one trip to the disk. One that reaches beyond its end is an error.
    pub async fn read(self, range: Range<u64>) -> Result<Bytes, Error> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
        blocking(move || {
            let mut bytes = vec![0; length];
            self.file.read_exact_at(&mut bytes, range.start)?;
            Ok(bytes.into())
        })
        .await
    }

    /// A range of it, a piece at a time.
    pub async fn stream(
        self,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + 'static, Error> {
        let mut file = tokio::fs::File::from_std(self.file);
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start)).await?;
        }
        file.set_max_buf_size(STREAM_BYTES);
        let length = range.end.saturating_sub(range.start);
        Ok(ReaderStream::with_capacity(file.take(length), STREAM_BYTES))
    }
}
