//! The whole service as a router.

use crate::auth::{origin, secret};
use crate::error::Error;
use crate::state::AppState;
use crate::{answer_time, assets, behind_https, docs, health, openapi, proxy, request_log};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use service::Shutdown;
use tower_http::catch_panic::CatchPanicLayer;

/// Largest JSON body. Files have a limit of their own.
const BODY_BYTES: usize = 256 << 10;

/// Every route with everything around it.
pub fn app(state: AppState, shutdown: Shutdown) -> Router {
    let (api, document) = openapi::split();
    let api = api.layer(middleware::from_fn_with_state(state.clone(), origin::guard));
    Router::new()
        .merge(api.layer(DefaultBodyLimit::max(BODY_BYTES)))
        .merge(docs::router(&document))
        .merge(proxy::router())
        .merge(health::health(&state, shutdown).router())
        .merge(service::metrics::router().layer(middleware::from_fn_with_state(state.clone(), require_metrics_token)))
        .fallback(assets::serve)
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(middleware::from_fn(answer_time::bound))
        .layer(middleware::from_fn_with_state(state.clone(), behind_https::guard))
        .layer(middleware::from_fn_with_state(state.clone(), protect))
        .layer(CatchPanicLayer::custom(|_| Error::Internal(anyhow::anyhow!("a handler panicked")).into_response()))
        .layer(middleware::from_fn(request_log::log_request))
        .layer(middleware::from_fn(service::assign_request_id))
        .with_state(state)
}

/// This port is the public one, and how much goes on here is nobody's business but of whoever has the token. Without one it is
/// nobody's: where a request comes from says little behind a proxy.
async fn require_metrics_token(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, Error> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let token = state.config.metrics_token.as_deref();
    // By their hashes, so that the time it takes tells nothing of the token.
    match token.is_some_and(|token| secret::hash(token) == secret::hash(given.trim())) {
        true => Ok(next.run(request).await),
        false => Err(Error::NotFound("page")),
    }
}

/// Headers every answer has. What shows something says itself what that may load; everything else may load nothing.
async fn protect(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in &ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if state.config.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

static ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];
