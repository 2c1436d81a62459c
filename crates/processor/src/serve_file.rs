//! Answering with a stored file: cacheable, resumable, and harmless to the browser that gets it.

use crate::error::Error;
use crate::ranges::{self, Asked};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use model::{ContentHash, Disposition, security_policy};
use std::io::SeekFrom;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use storage::Blob;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

const CONTENT_HASH: HeaderName = HeaderName::from_static("x-content-hash");
/// Bytes read at a time: one trip to the disk's thread each.
const READ_BYTES: usize = 128 * 1024;
/// Below this an answer is read whole and leaves in one piece.
const WHOLE_BELOW_BYTES: usize = 256 * 1024;

/// What is known of the bytes.
pub(crate) struct Described<'a> {
    /// The content they are, or were derived from.
    pub(crate) hash: &'a ContentHash,
    /// `original`, or the artifact's name.
    pub(crate) what: &'a str,
    /// Their media type.
    pub(crate) mime: &'a str,
    /// Bytes named by a hash never change; an artifact made again by a newer release may, so its size is in its tag.
    pub(crate) size_bytes: u64,
}

impl Described<'_> {
    fn etag(&self) -> String {
        match self.what {
            "original" => format!("\"{}-original\"", self.hash),
            name => format!("\"{}-{name}-{}\"", self.hash, self.size_bytes),
        }
    }

    /// True when the caller has these bytes already.
    pub(crate) fn is_known_to(&self, headers: &HeaderMap) -> bool {
        headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|given| {
            let etag = self.etag();
            given.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
        })
    }

    /// The bytes of a hash and images of them are for ever. Text is not: recognition may add to it.
    fn caching(&self) -> &'static str {
        let is_for_ever = self.what == "original" || self.mime.starts_with("image/");
        if is_for_ever { "public, max-age=31536000, immutable" } else { "public, no-cache" }
    }

    /// The headers of every answer about these bytes, 304 included.
    fn headers(&self) -> Result<HeaderMap, Error> {
        let value = |text: String| HeaderValue::try_from(text).map_err(|_| Error::Internal);
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, value(self.etag())?);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching()));
        headers.insert(CONTENT_HASH, value(self.hash.to_string())?);
        headers.insert(header::CONTENT_TYPE, value(self.mime.into())?);
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(Disposition::of(self.mime).as_str()));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(security_policy(self.mime)));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        Ok(headers)
    }

    /// "You have it."
    pub(crate) fn not_modified(&self) -> Result<Response, Error> {
        Ok((StatusCode::NOT_MODIFIED, self.headers()?).into_response())
    }

    /// The bytes, or the range of them that the caller asks for, as a stream.
    pub(crate) async fn respond(&self, request: &HeaderMap, blob: Blob) -> Result<Response, Error> {
        let mut headers = self.headers()?;
        let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        // A range of other bytes than the caller has the beginning of would make a broken file.
        let same = text(header::IF_RANGE).is_none_or(|tag| tag == self.etag());
        let asked = ranges::parse(text(header::RANGE).filter(|_| same), blob.size_bytes);
        let (status, range) = match asked {
            Asked::Whole => (StatusCode::OK, 0..blob.size_bytes),
            Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
            Asked::Outside => return Err(Error::BadRange { size_bytes: blob.size_bytes }),
        };
        if status == StatusCode::PARTIAL_CONTENT {
            let shown = format!("bytes {}-{}/{}", range.start, range.end - 1, blob.size_bytes);
            headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(shown).map_err(|_| Error::Internal)?);
        }
        let length = range.end - range.start;
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        let body = match usize::try_from(length) {
            Ok(length) if length < WHOLE_BELOW_BYTES => Body::from(read_whole(blob.file, range.start, length).await?),
            _ => stream(blob.file, range).await?,
        };
        Ok((status, headers, body).into_response())
    }
}

/// A small range, at once: head and body then leave together, in one trip to the disk's threads and one packet or few.
async fn read_whole(file: std::fs::File, start: u64, length: usize) -> Result<Bytes, Error> {
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, start)?;
        Ok::<_, std::io::Error>(Bytes::from(bytes))
    });
    let bytes = read.await.map_err(|_| Error::Internal)?;
    Ok(bytes.map_err(storage::Error::from)?)
}

/// A large range, a piece at a time.
async fn stream(file: std::fs::File, range: Range<u64>) -> Result<Body, Error> {
    let mut file = File::from_std(file);
    if range.start > 0 {
        file.seek(SeekFrom::Start(range.start)).await.map_err(storage::Error::from)?;
    }
    file.set_max_buf_size(READ_BYTES);
    Ok(Body::from_stream(ReaderStream::with_capacity(file.take(range.end - range.start), READ_BYTES)))
}
