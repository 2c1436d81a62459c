//! The signature on what PageSpace's servers send: `t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 over `<t>.<body>`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The header it stands in.
pub const HEADER: &str = "x-broadcast-signature";
/// How far the sender's clock may be from ours, in seconds.
const WINDOW_S: u64 = 300;

/// A signature, however its header was written.
pub type Signature = [u8; 32];

/// The signature in the header's value, when it is one of the body by the secret's holder, made less than five minutes ago.
pub fn verify(secret: &str, header: &str, body: &[u8], now: SystemTime) -> Option<Signature> {
    let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
    let (Some(("t", at)), Some(("v1", text))) = (parts.next(), parts.next()) else { return None };
    let at_s = at.parse::<u64>().ok()?;
    let now_s = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let mut signature = Signature::default();
    hex::decode_to_slice(text, &mut signature).ok()?;
    // Compared in constant time, whatever the clock says.
    let matches = mac(secret, at, body).verify_slice(&signature).is_ok();
    (matches && now_s.abs_diff(at_s) <= WINDOW_S).then_some(signature)
}

/// The signatures used within the window, so that none is used twice. More than fit are refused: forgetting one too early would
/// let it be used again.
#[derive(Default)]
pub struct SeenSignatures(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    in_order: VecDeque<(SystemTime, Signature)>,
    known: HashSet<Signature>,
}

/// Most signatures remembered: some 200 a second for as long as one could be used again.
const SEEN: usize = 120_000;

/// Why a valid signature does not count.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It has been used.
    Used,
    /// Too many have been used lately.
    TooMany,
}

impl SeenSignatures {
    /// Uses up a signature.
    pub fn take(&self, signature: Signature, now: SystemTime) -> Result<(), Unusable> {
        let mut seen = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A sender's clock may be ahead by the window, and its signature then lasts for two.
        let kept = Duration::from_secs(2 * WINDOW_S + 1);
        while let Some((at, oldest)) = seen.in_order.front().copied()
            && now.duration_since(at).is_ok_and(|age| age > kept)
        {
            seen.in_order.pop_front();
            seen.known.remove(&oldest);
        }
        if seen.known.contains(&signature) {
            return Err(Unusable::Used);
        }
        if seen.known.len() >= SEEN {
            return Err(Unusable::TooMany);
        }
        seen.known.insert(signature);
        seen.in_order.push_back((now, signature));
        Ok(())
    }
}

/// A header's value for a body signed at that time.
#[cfg(test)]
pub fn sign(secret: &str, body: &[u8], at: SystemTime) -> String {
    let at = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs().to_string();
    format!("t={at},v1={}", hex::encode(mac(secret, &at, body).finalize().into_bytes()))
}

fn mac(secret: &str, at: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(at.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn is_valid(secret: &str, header: &str, body: &[u8], now: SystemTime) -> bool {
        verify(secret, header, body, now).is_some()
    }

    #[test]
    fn a_signature_as_node_makes_it() {
        // createHmac('sha256', SECRET).update('1700000000.{"a":1}').digest('hex')
        let at = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let header = sign(SECRET, br#"{"a":1}"#, at);
        assert_eq!(header, "t=1700000000,v1=f05f2539e3ae1c49aec5f8cfdad75ef6b06480b133973ffbb7ec9e18827af177");
        assert!(is_valid(SECRET, &header, br#"{"a":1}"#, at));
    }

    #[test]
    fn anything_else_is_refused() {
        let now = SystemTime::now();
        let good = sign(SECRET, b"{}", now);
        assert!(is_valid(SECRET, &good, b"{}", now));
        assert!(!is_valid(SECRET, &good, b"{ }", now));
        assert!(!is_valid("another secret", &good, b"{}", now));
        let minutes = |count: u64| Duration::from_secs(60 * count);
        assert!(is_valid(SECRET, &sign(SECRET, b"{}", now - minutes(4)), b"{}", now));
        assert!(!is_valid(SECRET, &sign(SECRET, b"{}", now - minutes(6)), b"{}", now));
        assert!(!is_valid(SECRET, &sign(SECRET, b"{}", now + minutes(6)), b"{}", now));
        for header in ["", "t=,v1=", "v1=00", "t=1", &good.replace("v1=", "v0="), &good[..good.len() - 2]] {
            assert!(!is_valid(SECRET, header, b"{}", now), "{header}");
        }
    }
}
