//! One id per request, from the browser's edge to the processor, and one line per request in the log.

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The header that carries it.
pub const HEADER: &str = "x-request-id";

/// The request's id.
#[derive(Debug, Clone)]
pub struct RequestId(pub HeaderValue);

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self(fresh())))
    }
}

/// Gives the request an id, unless it brought a usable one, and logs and counts how it went.
pub async fn track(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(HEADER).filter(|value| is_usable(value.as_bytes())).cloned();
    let id = sent.unwrap_or_else(fresh);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map_or("other", |route| route.as_str()).to_owned();
    let span = tracing::info_span!("request", request.id = id.to_str().unwrap_or_default());
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, seconds) = (response.status(), begun.elapsed().as_secs_f64());
    span.in_scope(|| {
        let (status, duration_ms) = (status.as_u16(), (seconds * 1000.0) as u64);
        match (status, &method) {
            (500.., _) => tracing::warn!(%method, path, status, duration_ms, "a request failed"),
            (_, &Method::GET | &Method::HEAD) => tracing::debug!(%method, path, status, duration_ms, "answered"),
            _ => tracing::info!(%method, path, status, duration_ms, "answered"),
        }
    });
    let status = status.as_str().to_owned();
    metrics::counter!("http_requests_total", "method" => method_name(&method), "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(seconds);
    response.headers_mut().insert(HEADER, id);
    response
}

fn fresh() -> HeaderValue {
    HeaderValue::try_from(Uuid::now_v7().simple().to_string()).expect("hexadecimal digits are fit for a header")
}

/// Short and plain, so that nobody writes into our logs through it.
fn is_usable(id: &[u8]) -> bool {
    (8..=64).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Strangers can send any method; the metrics only know these.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
