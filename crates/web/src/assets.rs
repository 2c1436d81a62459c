//! The interface: files built from `ui/` and embedded in the binary. In debug builds they are read from disk each time.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/ui/dist"]
#[allow_missing = true]
struct Dist;

/// What pages of this site may load: their own files, and nothing inline that runs.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; frame-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// True when the binary has an interface.
pub fn are_built() -> bool {
    Dist::get("index.html").is_some()
}

/// Whatever no other route takes: a file of the interface, or its page, which finds its own way by the address.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Error> {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Err(Error::NotFound("address in this API"));
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return Err(Error::MethodNotAllowed);
    }
    if let Some(file) = Dist::get(path).filter(|_| path != "index.html") {
        return Ok(respond(path, file, &headers));
    }
    // A missing script answered with a page would be a riddle.
    if path.starts_with("assets/") {
        return Err(Error::NotFound("file of the interface"));
    }
    Ok(match Dist::get("index.html") {
        Some(page) => respond("index.html", page, &headers),
        None => "This server was built without its interface. The API is described at /api/docs.\n".into_response(),
    })
}

fn respond(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]));
    let is_current = asked.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let (encoding, bytes) = encoded(path, asked).unwrap_or((None, file));
    let mut response = match is_current {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(bytes.data)),
    };
    let headers = response.headers_mut();
    let mut set = |name, value: &str| HeaderValue::try_from(value).map(|value| headers.insert(name, value)).is_ok();
    set(header::ETAG, &etag);
    set(header::CACHE_CONTROL, caching(path));
    set(header::VARY, "accept-encoding");
    set(header::CONTENT_TYPE, media_type(path));
    if let Some(encoding) = encoding.filter(|_| !is_current) {
        set(header::CONTENT_ENCODING, encoding);
    }
    if path == "index.html" {
        set(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
    response
}

/// The smaller form of the file that lies beside it, if the browser takes it.
fn encoded(path: &str, asked: &HeaderMap) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let accepted = asked.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |encoding: &str| {
        accepted.split(',').any(|part| part.split(';').next().is_some_and(|name| name.trim() == encoding))
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| takes(encoding))
        .find_map(|(encoding, extension)| Dist::get(&format!("{path}.{extension}")).map(|file| (Some(encoding), file)))
}

/// Files under `assets/` have a hash in their name and never change; the rest is asked for every time, and mostly answered
/// with 304.
fn caching(path: &str) -> &'static str {
    match path {
        _ if path.starts_with("assets/") => "public, max-age=31536000, immutable",
        _ => "no-cache",
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
