//! Hashing a blob again: whether its bytes still are those it is named by.

use crate::store::blocking;
use crate::{Error, Store};
use model::ContentHash;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::num::NonZeroU64;
use std::time::Duration;

/// Bytes read before it pauses.
const STEP_BYTES: usize = 1 << 20;

impl Store {
    /// The hash a blob's bytes have now. It reads at most so many bytes a second, so that nobody who waits for a file notices.
    pub async fn rehash_blob(&self, hash: &ContentHash, bytes_per_second: NonZeroU64) -> Result<ContentHash, Error> {
        let mut file = self.open_blob(hash).await?.into_file().await?;
        let (mut sha256, mut buffer) = (Sha256::new(), vec![0; STEP_BYTES]);
        loop {
            let read;
            (file, sha256, buffer, read) = blocking(move || {
                let read = file.read(&mut buffer)?;
                sha256.update(&buffer[..read]);
                Ok((file, sha256, buffer, read))
            })
            .await?;
            if read == 0 {
                return Ok(ContentHash::from_digest(sha256.finalize().into()));
            }
            tokio::time::sleep(Duration::from_secs_f64(read as f64 / bytes_per_second.get() as f64)).await;
        }
    }
}
