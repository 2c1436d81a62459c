//! The service as one router.

use crate::error::Error;
use crate::{AppState, auth, health, routes};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use service::RequestId;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use tracing::info_span;

/// Every route. The open ones show no file's data; a person's picture is shown to whoever knows its random name.
pub fn app(state: AppState) -> Router {
    let guarded = routes::guarded().route_layer(from_fn_with_state(state.clone(), auth::require_token));
    Router::new()
        .merge(guarded)
        .merge(routes::open())
        .fallback(async || Error::NoRoute)
        .method_not_allowed_fallback(async || Error::WrongMethod)
        .with_state(state.clone())
        .merge(health::health(&state).router())
        .merge(service::metrics::router())
        .layer(CatchPanicLayer::custom(|_| Error::Internal.into_response()))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            let id = RequestId::of(request);
            info_span!("request", method = %request.method(), path = request.uri().path(), request.id = id.as_str())
        }))
        .layer(from_fn(service::assign_request_id))
}
