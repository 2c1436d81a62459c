//! Answering with a stored file: cacheable, resumable, and harmless to the browser that gets it.

use crate::error::Error;
use crate::ranges::{self, RequestedRange};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{ContentHash, Disposition, security_policy};
use std::ops::Range;
use storage::Blob;

const CONTENT_HASH: HeaderName = HeaderName::from_static("x-content-hash");
/// Below this an answer is read whole and leaves in one piece.
pub(crate) const WHOLE_BELOW_BYTES: u64 = 256 * 1024;

/// What is known of the bytes: a representation as RFC 9110 has it.
pub(crate) struct Representation<'a> {
    /// The content they are, or were derived from.
    pub(crate) hash: &'a ContentHash,
    /// `original`, or the artifact's name.
    pub(crate) what: &'a str,
    /// Their media type.
    pub(crate) mime: &'a str,
    /// Bytes named by a hash never change; an artifact made again by a newer release may, so its size is in its tag.
    pub(crate) size_bytes: u64,
}

impl Representation<'_> {
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

    /// The bytes, or the range of them that the caller asks for: in one piece when they are few, else as a stream.
    pub(crate) async fn respond(&self, request: &HeaderMap, blob: Blob) -> Result<Response, Error> {
        let (status, headers, range) = self.requested(request, blob.size_bytes())?;
        // A small range is read at once: head and body then leave together, in one trip to the disk's threads and one packet or few.
        let body = match range.end - range.start < WHOLE_BELOW_BYTES {
            true => Body::from(blob.read(range).await?),
            false => Body::from_stream(blob.stream(range).await?),
        };
        Ok((status, headers, body).into_response())
    }

    /// The same of bytes that are in memory, all of them.
    pub(crate) fn respond_from_memory(&self, request: &HeaderMap, bytes: &Bytes) -> Result<Response, Error> {
        let (status, headers, range) = self.requested(request, bytes.len() as u64)?;
        // Both ends are within what is in memory.
        let body = bytes.slice(range.start as usize..range.end as usize);
        Ok((status, headers, body).into_response())
    }

    /// What of so many bytes the caller asks for, and how that is answered.
    fn requested(&self, request: &HeaderMap, size_bytes: u64) -> Result<(StatusCode, HeaderMap, Range<u64>), Error> {
        let mut headers = self.headers()?;
        let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        // A range of other bytes than the caller has the beginning of would make a broken file.
        let same = text(header::IF_RANGE).is_none_or(|tag| tag == self.etag());
        let asked = ranges::parse(text(header::RANGE).filter(|_| same), size_bytes);
        let (status, range) = match asked {
            RequestedRange::Whole => (StatusCode::OK, 0..size_bytes),
            RequestedRange::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
            RequestedRange::Unsatisfiable => return Err(Error::BadRange { size_bytes }),
        };
        if status == StatusCode::PARTIAL_CONTENT {
            let shown = format!("bytes {}-{}/{size_bytes}", range.start, range.end - 1);
            headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(shown).map_err(|_| Error::Internal)?);
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
        Ok((status, headers, range))
    }
}
