//! The ways to damage bytes.

use rand::RngExt;
use rand::rngs::StdRng;

/// No content grows past this.
const MAX_BYTES: usize = 2 << 20;
/// Numbers at the edges, as text formats write them.
const NUMBERS: [&str; 9] =
    ["0", "-1", "1e308", "65536", "2147483647", "4294967295", "4294967296", "18446744073709551615", "0.00000001"];

/// Damages the bytes in one to four ways.
pub fn damage(bytes: &mut Vec<u8>, other: &[u8], rng: &mut StdRng) {
    for _ in 0..rng.random_range(1..=4) {
        if bytes.is_empty() {
            return;
        }
        match rng.random_range(0..7) {
            0 => bytes.truncate(position(bytes, rng)),
            1 => flip(bytes, rng),
            2 => extreme(bytes, rng),
            3 => number(bytes, rng),
            4 => splice(bytes, other, rng),
            5 => {
                let of = bytes.clone();
                insert(bytes, &of, rng);
            }
            _ => {
                let range = range(bytes.len(), rng);
                bytes.drain(range);
            }
        }
    }
}

/// Somewhere, and every other time in the head, where what matters is.
fn position(bytes: &[u8], rng: &mut StdRng) -> usize {
    let end = if rng.random_bool(0.5) { bytes.len().min(512) } else { bytes.len() };
    rng.random_range(0..end)
}

/// A few bytes in a row, or many.
fn range(length: usize, rng: &mut StdRng) -> std::ops::Range<usize> {
    let start = rng.random_range(0..length);
    let max = if rng.random_bool(0.7) { 16 } else { length };
    start..(start + rng.random_range(1..=max)).min(length)
}

fn flip(bytes: &mut [u8], rng: &mut StdRng) {
    for _ in 0..rng.random_range(1..=8) {
        let start = position(bytes, rng);
        bytes[start] ^= 1 << rng.random_range(0..8);
    }
}

/// A binary field of one to eight bytes to its least, its largest or what lies beside the sign.
fn extreme(bytes: &mut [u8], rng: &mut StdRng) {
    let start = position(bytes, rng);
    let width = 1 << rng.random_range(0..4);
    let end = (start + width).min(bytes.len());
    let value = [0, 0xff, 0x7f, 0x80][rng.random_range(0..4)];
    bytes[start..end].fill(value);
}

/// A number that is written in digits to one at an edge.
fn number(bytes: &mut Vec<u8>, rng: &mut StdRng) {
    let from = position(bytes, rng);
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit).map(|start| from + start) else { return };
    let end = bytes[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |end| start + end);
    let value = NUMBERS[rng.random_range(0..NUMBERS.len())];
    bytes.splice(start..end, value.bytes());
}

/// A range of another content in place of one of ours, or the end of it after our beginning.
fn splice(bytes: &mut Vec<u8>, other: &[u8], rng: &mut StdRng) {
    if other.is_empty() {
        return;
    }
    if rng.random_bool(0.5) {
        return insert(bytes, other, rng);
    }
    bytes.truncate(position(bytes, rng));
    let from = rng.random_range(0..other.len());
    bytes.extend_from_slice(&other[from..]);
    bytes.truncate(MAX_BYTES);
}

fn insert(bytes: &mut Vec<u8>, of: &[u8], rng: &mut StdRng) {
    let start = position(bytes, rng);
    let piece = &of[range(of.len(), rng)];
    bytes.splice(start..start, piece.iter().copied());
    bytes.truncate(MAX_BYTES);
}
