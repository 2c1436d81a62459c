//! The proxies in front of this service, and who speaks through them.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// The other end of a request's connection. Absent only where there is no socket, as in tests.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Everybody on this machine.
    pub fn this_machine() -> Self {
        let v4 = IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8);
        Self(vec![v4, IpAddr::V6(Ipv6Addr::LOCALHOST).into()])
    }

    /// The address of a request's client.
    pub fn client_of(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        self.client(peer(extensions).unwrap_or(Ipv4Addr::UNSPECIFIED.into()), headers)
    }

    /// The client's address: the last one in the chain that is not a trusted proxy.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let lines = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
        for hop in lines.flat_map(|line| line.rsplit(',')) {
            if !self.contains(client) {
                break;
            }
            match hop.trim().parse() {
                Ok(address) => client = address,
                Err(_) => break,
            }
        }
        client.to_canonical()
    }

    /// True when no proxy is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True for a proxy of these networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        // A socket of both families shows IPv4 clients as mapped addresses (RFC 4291, 2.5.5.2), and so may a network be written.
        let address = address.to_canonical();
        let mapped = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().into(),
            IpAddr::V6(_) => address,
        };
        self.0.iter().any(|network| network.contains(&address) || network.contains(&mapped))
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| format!("{text:?} is neither an address nor a network such as 10.0.0.0/8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(trusted: &str, peer: &str, forwarded: &[&str], client: &str) {
        let trusted: TrustedProxies = trusted.parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        assert_eq!(trusted.client(peer.parse().unwrap(), &headers).to_string(), client);
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        check("", "203.0.113.9", &["1.2.3.4"], "203.0.113.9");
        check("127.0.0.1", "127.0.0.1", &["1.2.3.4"], "1.2.3.4");
        check("127.0.0.1", "::ffff:127.0.0.1", &["1.2.3.4"], "1.2.3.4");
        // What the client wrote itself stands to the left of what the proxy saw.
        check("10.0.0.0/8", "10.1.2.3", &["6.6.6.6, 1.2.3.4"], "1.2.3.4");
        check("10.0.0.0/8", "10.1.2.3", &["6.6.6.6", "1.2.3.4, 10.9.9.9"], "1.2.3.4");
        check("10.0.0.0/8", "10.1.2.3", &["rubbish"], "10.1.2.3");
        check("fd00::/8", "fd00::1", &["2001:db8::5"], "2001:db8::5");
        check("0.0.0.0/0", "9.9.9.9", &["1.2.3.4"], "1.2.3.4");
        check("::ffff:10.0.0.0/104", "10.1.2.3", &["1.2.3.4"], "1.2.3.4");
    }

    #[test]
    fn wrong_networks_are_named() {
        for text in ["proxy", "10.0.0.0/33", "10.0.0.0/x"] {
            assert!(text.parse::<TrustedProxies>().unwrap_err().contains(text));
        }
    }
}
