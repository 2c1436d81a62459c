//! Which addresses are public: those that the registries of IANA give to the whole Internet, and no others.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, c: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), bits)
}

/// IPv4 addresses that are not (IANA's special-purpose registry), in their order.
static SPECIAL_V4: &[Ipv4Net] = &[
    // This network, which to many systems is the machine itself.
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    // Shared by a provider's customers (CGNAT), where some clouds have their metadata.
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    // Link-local, where most clouds have their metadata.
    v4(169, 254, 0, 0, 16),
    // A cloud's own services, under a public address.
    v4(168, 63, 129, 16, 32),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    // The way into 6to4 networks, which is given up.
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    // Multicast, what is reserved, and broadcast.
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// All IPv6 addresses that are given out. Unique local, link-local, multicast, loopback and unspecified ones are outside.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// Those of [`GLOBAL_V6`] that are not public.
static SPECIAL_V6: &[Ipv6Net] = &[
    // Protocols' own: Teredo, which carries IPv4 addresses, benchmarks, ORCHID.
    v6(0x2001, 0, 0, 23),
    v6(0x2001, 0xdb8, 0, 32),
    // 6to4, which carries IPv4 addresses and is given up.
    v6(0x2002, 0, 0, 16),
    v6(0x3fff, 0, 0, 20),
];

/// Carries an IPv4 address in its last 32 bits, to which a translator leads (RFC 6052).
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Whether anybody on the Internet may be at this address. An IPv4 address that stands in an IPv6 one counts as itself.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => match carried(address) {
            Some(inner) => is_public(inner.into()),
            None => GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|network| network.contains(&address)),
        },
    }
}

fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    address.to_ipv4_mapped().or_else(|| NAT64.contains(&address).then(|| Ipv4Addr::new(a, b, c, d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: bool, addresses: &str) {
        for address in addresses.split_ascii_whitespace() {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn addresses_of_the_machine_and_of_its_networks_are_not_public() {
        check(false, "127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 ::1 ::");
        check(false, "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fc00::1 fd12:3456::1 fec0::1");
        check(false, "169.254.0.1 fe80::1 febf::1");
        check(false, "100.64.0.1 100.127.255.255");
        check(false, "224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 ff02::1 ff0e::1");
    }

    #[test]
    fn metadata_of_clouds_is_not_public() {
        check(false, "169.254.169.254 169.254.170.2 fd00:ec2::254 100.100.100.200 168.63.129.16 192.0.0.192");
    }

    #[test]
    fn an_address_inside_another_counts_as_itself() {
        check(false, "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 ::10.0.0.1");
        check(false, "64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::7f00:1 2002:7f00:1:: 2001:0:7f00:1::");
        check(true, "::ffff:9.9.9.9 64:ff9b::909:909");
    }

    #[test]
    fn examples_and_benchmarks_are_not_public_and_what_lies_beside_is() {
        check(false, "192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 2001:db8::1 3fff::1 2001:2::1");
        check(
            true,
            "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 168.63.129.15",
        );
        check(
            true,
            "169.253.255.255 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 223.255.255.255",
        );
        check(true, "2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450::1 2001:200::1");
    }
}
