//! People's files on their way to a browser, with the headers that keep them from acting as this site.

use crate::error::Error;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How long a browser may keep what it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It asks each time whether it is still current, and so whether it may still see it.
    Revalidate,
    /// For ever: the address changes with the content.
    Immutable,
}

/// How a file is handed over.
#[derive(Debug)]
pub struct Delivery {
    content_type: HeaderValue,
    disposition: HeaderValue,
    policy: &'static str,
    caching: Caching,
}

/// Scripts, forms and everything else are off, and the page has an origin of its own.
const SANDBOX: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'self'";
/// The same for PDF, which browsers show with a viewer of their own that does not work in a sandbox. The type is fixed and
/// not sniffed, so nothing but that viewer ever reads the bytes.
const PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

impl Delivery {
    /// A file of that name and type. `charset` belongs to text.
    pub fn new(name: &str, mime: &str, charset: Option<&str>, download: bool, caching: Caching) -> Self {
        // Text of any sort is shown as plain text when it is shown: Markdown and source code read well that way.
        let shown_as = if is_plain(mime) { "text/plain" } else { mime };
        let is_shown = !download && model::is_shown(shown_as);
        let mime = if is_shown { shown_as } else { mime };
        let content_type = match charset.filter(|_| mime.starts_with("text/")) {
            Some(charset) => format!("{mime}; charset={charset}"),
            None => mime.to_owned(),
        };
        let octets = HeaderValue::from_static("application/octet-stream");
        Self {
            content_type: HeaderValue::try_from(content_type).unwrap_or(octets),
            disposition: disposition(if is_shown { "inline" } else { "attachment" }, name),
            policy: if mime == "application/pdf" { PDF } else { SANDBOX },
            caching,
        }
    }
}

/// The processor's answer as ours.
pub fn deliver(upstream: reqwest::Response, delivery: &Delivery) -> Result<Response, Error> {
    let status = upstream.status();
    let mut response = match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        StatusCode::RANGE_NOT_SATISFIABLE => Error::RangeNotSatisfiable.into_response(),
        _ => Response::new(Body::empty()),
    };
    for name in &PASSED {
        if let Some(value) = upstream.headers().get(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    if status == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(response);
    }
    let headers = response.headers_mut();
    let cache_control = match delivery.caching {
        Caching::Revalidate => "private, no-cache",
        Caching::Immutable => "private, max-age=31536000, immutable",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(header::VARY, HeaderValue::from_static("cookie, authorization"));
    if status != StatusCode::NOT_MODIFIED {
        let length = upstream.headers().get(header::CONTENT_LENGTH).cloned();
        headers.extend(length.map(|length| (header::CONTENT_LENGTH, length)));
        headers.insert(header::CONTENT_TYPE, delivery.content_type.clone());
        headers.insert(header::CONTENT_DISPOSITION, delivery.disposition.clone());
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(delivery.policy));
        headers
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
        *response.status_mut() = status;
        *response.body_mut() = Body::from_stream(upstream.bytes_stream());
    }
    Ok(response)
}

/// What the processor says of the bytes that is true of ours.
static PASSED: [HeaderName; 4] = [header::ACCEPT_RANGES, header::CONTENT_RANGE, header::ETAG, header::LAST_MODIFIED];

/// Text that means nothing to a browser. HTML and XML do, so they are not.
fn is_plain(mime: &str) -> bool {
    mime.starts_with("text/") && !matches!(mime, "text/html" | "text/xml" | "text/xsl" | "text/javascript" | "text/css")
}

/// RFC 6266, with the name twice: in ASCII for old clients, in UTF-8 by RFC 8187 for the rest.
fn disposition(kind: &str, name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let value = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::try_from(value).expect("only graphic ASCII and spaces are left")
}

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

    #[test]
    fn names_cannot_leave_their_header() {
        check(
            "a\"; x=\u{fc}\r\n.png",
            "image/png",
            "image/png",
            "inline; filename=\"a_; x=___.png\"; filename*=UTF-8''a%22%3B%20x%3D%C3%BC%0D%0A.png",
        );
    }

    #[test]
    fn a_pdf_gets_a_policy_its_viewer_works_under() {
        assert_eq!(Delivery::new("a.pdf", "application/pdf", None, false, Caching::Revalidate).policy, PDF);
        assert_eq!(Delivery::new("a.png", "image/png", None, false, Caching::Revalidate).policy, SANDBOX);
    }
}
