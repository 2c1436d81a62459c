//! Extractors whose refusals are this service's errors.

use crate::error::Error;
use axum::extract::{FromRequest, FromRequestParts};
use model::ContentHash;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Error))]
pub(crate) struct Json<T>(pub(crate) T);

/// Parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub(crate) struct Path<T>(pub(crate) T);

/// The query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Error))]
pub(crate) struct Query<T>(pub(crate) T);

/// A content hash as a caller wrote it.
pub(crate) fn content_hash(text: &str) -> Result<ContentHash, Error> {
    text.parse().map_err(|_| Error::BadHash(text.chars().take(80).collect()))
}
