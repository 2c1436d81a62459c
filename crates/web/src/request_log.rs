//! One line per request in the log, and how many there were and how long they took in the metrics.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use service::RequestId;
use std::time::Instant;
use tracing::Instrument;

/// Logs and counts how a request went, under the id that it was given.
pub async fn log_request(request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map_or("other", |route| route.as_str()).to_owned();
    let span = tracing::info_span!("request", request.id = id.as_str());
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
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
    response
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
