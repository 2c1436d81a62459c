//! Reading what people uploaded.

use crate::store::blocking;
use crate::{Error, Store};
use model::ContentHash;
use std::fs::File;

/// An open blob.
#[derive(Debug)]
pub struct Blob {
    /// Open for reading, at its beginning.
    pub file: File,
    /// How many bytes.
    pub size_bytes: u64,
}

impl Store {
    /// Opens a blob for reading.
    pub async fn open_blob(&self, hash: &ContentHash) -> Result<Blob, Error> {
        let path = self.blob(hash);
        blocking(move || {
            let file = File::open(path)?;
            let size_bytes = file.metadata()?.len();
            Ok(Blob { file, size_bytes })
        })
        .await
    }

    /// The number of bytes of a blob.
    pub async fn blob_size(&self, hash: &ContentHash) -> Result<u64, Error> {
        let path = self.blob(hash);
        blocking(move || Ok(std::fs::metadata(path)?.len())).await
    }
}
