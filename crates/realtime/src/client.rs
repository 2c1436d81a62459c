//! Whose connection it is: that of the browser behind web, as web says. Whoever else asks speaks for themselves alone.

use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;

/// The address that a request's client is counted by, among the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Finds out who asks, for everything behind it.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let address = state.config.trusted_proxies.client_of(request.extensions(), request.headers());
    request.extensions_mut().insert(ClientAddress(service::client_network(address)));
    next.run(request).await
}
