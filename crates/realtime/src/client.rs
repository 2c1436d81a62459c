//! Whose connection it is: that of the browser behind web, as web says. Whoever else asks speaks for themselves alone.

use crate::state::AppState;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address that a request's client is counted by, among the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Finds out who asks, for everything behind it.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    // Absent only where there is no socket.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
    let address = state.config.trusted_proxies.client(peer, request.headers());
    request.extensions_mut().insert(ClientAddress(service::client_network(address)));
    next.run(request).await
}
