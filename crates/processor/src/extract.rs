//! Extractors whose refusals are this service's errors.

use crate::error::Error;
use model::ContentHash;

service::extractors!(Error);

/// A content hash as a caller wrote it.
pub(crate) fn content_hash(text: &str) -> Result<ContentHash, Error> {
    text.parse().map_err(|_| Error::BadHash(text.chars().take(80).collect()))
}
