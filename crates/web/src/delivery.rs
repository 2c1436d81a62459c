//! People's files on their way to a browser, with the headers that keep them from acting as this site.

use crate::error::Error;
use crate::image_cache::Image;
use crate::processor;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Disposition, inline_type, security_policy};

/// How long a browser may keep what it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It asks each time whether it is still current, and so whether it may still see it.
    Revalidate,
    /// For ever: the address changes with the content.
    Immutable,
}

/// Below this a body is waited for whole.
const WHOLE_BELOW_BYTES: u64 = 256 << 10;

/// How a file is handed over.
#[derive(Debug)]
pub struct Delivery {
    content_type: HeaderValue,
    disposition: HeaderValue,
    policy: &'static str,
    caching: Caching,
}

impl Delivery {
    /// A file of that name and type. `charset` belongs to text.
    pub fn new(name: &str, mime: &str, charset: Option<&str>, download: bool, caching: Caching) -> Self {
        let shown_as = inline_type(mime).filter(|_| !download);
        let mime = shown_as.unwrap_or(mime);
        let content_type = match charset.filter(|_| mime.starts_with("text/")) {
            Some(charset) => format!("{mime}; charset={charset}"),
            None => mime.to_owned(),
        };
        let octets = HeaderValue::from_static("application/octet-stream");
        let disposition = if shown_as.is_some() { Disposition::Inline } else { Disposition::Attachment };
        let disposition = HeaderValue::try_from(disposition.with_name(name));
        Self {
            content_type: HeaderValue::try_from(content_type).unwrap_or(octets),
            disposition: disposition.expect("only graphic ASCII and spaces are left"),
            policy: security_policy(mime),
            caching,
        }
    }
}

/// The processor's answer as ours. A small body is waited for, so that it leaves together with its head.
pub async fn deliver(upstream: reqwest::Response, delivery: &Delivery) -> Result<Response, Error> {
    let (status, headers) = (upstream.status(), upstream.headers().clone());
    let body = match upstream.content_length() {
        Some(bytes) if bytes < WHOLE_BELOW_BYTES => Body::from(upstream.bytes().await.map_err(processor::unavailable)?),
        _ => Body::from_stream(upstream.bytes_stream()),
    };
    Ok(match status {
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let mut response = Error::RangeNotSatisfiable.into_response();
            response.headers_mut().extend(passed(&headers));
            response
        }
        status => handed_over(status, &headers, body, delivery),
    })
}

/// An image that is at hand.
pub fn deliver_image(image: Image, delivery: &Delivery) -> Response {
    handed_over(StatusCode::OK, &image.headers, Body::from(image.bytes), delivery)
}

/// Bytes that are made while they are sent.
pub fn deliver_stream(body: Body, delivery: &Delivery) -> Response {
    handed_over(StatusCode::OK, &HeaderMap::new(), body, delivery)
}

fn handed_over(status: StatusCode, upstream: &HeaderMap, body: Body, delivery: &Delivery) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.extend(passed(upstream));
    let cache_control = match delivery.caching {
        Caching::Revalidate => "private, no-cache",
        Caching::Immutable => "private, max-age=31536000, immutable",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(header::VARY, HeaderValue::from_static("cookie, authorization"));
    if status != StatusCode::NOT_MODIFIED {
        let length = upstream.get(header::CONTENT_LENGTH).cloned();
        headers.extend(length.map(|length| (header::CONTENT_LENGTH, length)));
        headers.insert(header::CONTENT_TYPE, delivery.content_type.clone());
        headers.insert(header::CONTENT_DISPOSITION, delivery.disposition.clone());
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(delivery.policy));
        headers
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
        *response.body_mut() = body;
    }
    response
}

fn passed(upstream: &HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    PASSED.iter().filter_map(|name| Some((name.clone(), upstream.get(name)?.clone())))
}

/// What the processor says of the bytes that is true of ours.
static PASSED: [HeaderName; 4] = [header::ACCEPT_RANGES, header::CONTENT_RANGE, header::ETAG, header::LAST_MODIFIED];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, mime: &str, content_type: &str, disposition: &str) {
        let delivery = Delivery::new(name, mime, Some("utf-8"), false, Caching::Revalidate);
        assert_eq!(delivery.content_type, content_type);
        assert_eq!(delivery.disposition, disposition);
    }

    #[test]
    fn only_harmless_types_are_shown() {
        check("a.png", "image/png", "image/png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
        check(
            "a.html",
            "text/html",
            "text/html; charset=utf-8",
            "attachment; filename=\"a.html\"; filename*=UTF-8''a.html",
        );
        check("a.svg", "image/svg+xml", "image/svg+xml", "attachment; filename=\"a.svg\"; filename*=UTF-8''a.svg");
        check("a.md", "text/markdown", "text/plain; charset=utf-8", "inline; filename=\"a.md\"; filename*=UTF-8''a.md");
    }
}
