//! Where people come by https, this port is their proxy's alone: whoever reaches it past the proxy would send passwords in plain, and
//! would not be counted by an address of their own.

use crate::error::Error;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use service::TrustedProxies;
use std::net::IpAddr;

/// Asked by neighbours that are no proxies, and of no use to anybody else: the last has a token of its own.
const OPEN: &[&str] = &["/health", "/livez", "/metrics", "/readyz"];

/// Refuses requests that came past the proxy.
pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, Error> {
    let peer = service::peer(request.extensions()).map(|peer| peer.to_canonical());
    let config = &state.config;
    let is_past = config.is_https() && peer.is_some_and(|peer| !may_be_proxy(&config.trusted_proxies, peer));
    if is_past && !OPEN.contains(&request.uri().path()) {
        return Err(Error::PastProxy(config.public_url.clone()));
    }
    Ok(next.run(request).await)
}

/// This machine itself, a proxy that is named, and as long as none is named whoever is on a private network.
fn may_be_proxy(trusted: &TrustedProxies, peer: IpAddr) -> bool {
    let is_private = match peer {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    };
    peer.is_loopback() || trusted.contains(peer) || (trusted.is_empty() && is_private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m8_past_its_proxy_nobody_comes_in() {
        for (trusted, peer, expected) in [
            ("172.18.0.1", "172.18.0.1", true),
            ("172.18.0.1", "127.0.0.1", true),
            ("172.18.0.1", "::1", true),
            ("172.18.0.1", "172.18.0.5", false),
            ("172.18.0.1", "192.168.1.20", false),
            ("172.18.0.1", "203.0.113.9", false),
            ("", "127.0.0.1", true),
            ("", "172.18.0.1", true),
            ("", "fd00::1", true),
            ("", "203.0.113.9", false),
            ("", "2001:db8::1", false),
        ] {
            let found = may_be_proxy(&trusted.parse().unwrap(), peer.parse().unwrap());
            assert_eq!(found, expected, "{peer} where {trusted:?} is trusted");
        }
    }
}
