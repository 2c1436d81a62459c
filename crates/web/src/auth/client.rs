//! The address a request comes from, seen through trusted proxies.

use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;

/// The address of the request's client.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(state.config.trusted_proxies.client_of(&parts.extensions, &parts.headers)))
    }
}

/// What to count tries by.
pub fn limit_key(address: IpAddr) -> String {
    service::client_network(address).to_string()
}
