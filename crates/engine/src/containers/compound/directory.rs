//! The directory of a compound file: a tree of names in every storage.

use super::{u16_at, u32_at, u64_at, utf16};
use crate::Error;
use model::{Limits, Reason};
use std::collections::HashSet;

/// A directory larger than this has more entries than any limit allows.
pub const MAX_BYTES: u64 = 64 << 20;
const ENTRY_BYTES: usize = 128;

/// A stream or a storage.
pub struct Entry {
    pub name: String,
    pub(super) start: u32,
    pub size_bytes: u64,
    /// What a storage is an object of: a number that programs register.
    pub class: u128,
    left: u32,
    right: u32,
    child: u32,
}

/// Entries in their order; the first is the root.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Entry>, Error> {
    if bytes.len() / ENTRY_BYTES > limits.compound_entries as usize {
        let detail = format!("The file holds more than {} parts.", limits.compound_entries);
        return Err(Error::rejected(Reason::TooLarge, detail));
    }
    Ok(bytes.chunks_exact(ENTRY_BYTES).map(entry).collect())
}

fn entry(bytes: &[u8]) -> Entry {
    let number = |offset| u32_at(bytes, offset).unwrap_or(u32::MAX);
    let length = usize::from(u16_at(bytes, 64).unwrap_or(0)).min(64);
    // The upper half of a size is rubbish in files of the old version.
    let size = u64_at(bytes, 120).unwrap_or(0);
    let size_bytes = if size >> 32 > 0xff { size & 0xffff_ffff } else { size };
    Entry {
        name: utf16(&bytes[..length]),
        start: number(116),
        size_bytes,
        class: class(bytes).unwrap_or(0),
        left: number(68),
        right: number(72),
        child: number(76),
    }
}

/// A class as its number is written: only the first three groups of it are stored with the least significant byte first.
fn class(entry: &[u8]) -> Option<u128> {
    let (first, second, third) = (u32_at(entry, 80)?, u16_at(entry, 84)?, u16_at(entry, 86)?);
    let last = u64_at(entry, 88)?.swap_bytes();
    Some(u128::from(first) << 96 | u128::from(second) << 80 | u128::from(third) << 64 | u128::from(last))
}

/// The entries of a storage, each once, whatever their tree looks like.
pub fn children(entries: &[Entry], storage: usize) -> Vec<usize> {
    let (mut found, mut seen) = (vec![], HashSet::new());
    let mut open: Vec<u32> = entries.get(storage).map(|entry| entry.child).into_iter().collect();
    while let Some(index) = open.pop() {
        let Some(entry) = entries.get(index as usize) else { continue };
        if seen.insert(index) {
            found.push(index as usize);
            open.extend([entry.left, entry.right]);
        }
    }
    found.sort_unstable();
    found
}
