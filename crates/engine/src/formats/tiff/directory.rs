//! The directories of a TIFF: what each page says of itself (TIFF 6.0, section 2, and BigTIFF). Nothing is believed that
//! is not in the file, so that a count costs no more memory than the bytes that are there.

use super::refusals::damaged;
use crate::Error;
use std::collections::HashSet;

/// Directories that are looked at.
const MAX_DIRECTORIES: usize = 10_000;
/// Numbers in one entry: a large scan has some thousand strips.
const MAX_NUMBERS: usize = 4 << 20;

/// How numbers are stored.
#[derive(Clone, Copy)]
struct Numbers<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Numbers of eight bytes say where things are.
    big: bool,
}

/// An entry: its tag, what its numbers are, how many there are and where.
struct Entry {
    tag: u16,
    kind: u16,
    count: usize,
    start: usize,
}

/// One directory.
pub struct Directory<'a> {
    file: Numbers<'a>,
    entries: Vec<Entry>,
}

/// The directories of a file that are its pages, in order. The first is one whatever it says.
pub fn pages(bytes: &[u8]) -> Result<Vec<Directory<'_>>, Error> {
    let file = Numbers::of(bytes).ok_or_else(damaged)?;
    let mut next = file.word(if file.big { 8 } else { 4 }).ok_or_else(damaged)?;
    let mut seen = HashSet::new();
    let mut pages = vec![];
    while next != 0 && seen.len() < MAX_DIRECTORIES && seen.insert(next) {
        let Some((directory, after)) = Directory::read(file, next) else { break };
        if pages.is_empty() || directory.is_page() {
            pages.push(directory);
        }
        next = after.unwrap_or(0);
    }
    if pages.is_empty() { Err(damaged()) } else { Ok(pages) }
}

impl<'a> Directory<'a> {
    /// The directory at a place, and where the next one is.
    fn read(file: Numbers<'a>, start: usize) -> Option<(Self, Option<usize>)> {
        let (count, first, entry_bytes) = if file.big {
            (usize::try_from(file.u64(start)?).ok()?, start.checked_add(8)?, 20)
        } else {
            (usize::from(file.u16(start)?), start.checked_add(2)?, 12)
        };
        let entries: Vec<Entry> =
            (0..count.min(u16::MAX.into())).map_while(|index| file.entry(first + index * entry_bytes)).collect();
        // Half a directory would be another picture.
        if entries.len() < count {
            return None;
        }
        let next = count.checked_mul(entry_bytes).and_then(|bytes| file.word(first.checked_add(bytes)?));
        // One without its picture's size is some other data.
        let directory = Self { file, entries };
        (directory.has(256) && directory.has(257)).then_some((directory, next))
    }

    /// A page, and not a smaller copy of one or a mask for one (`NewSubfileType`, `SubfileType`).
    fn is_page(&self) -> bool {
        const SMALLER: u64 = 1;
        const MASK: u64 = 4;
        const OLD_SMALLER: u64 = 2;
        self.unsigned(254).is_none_or(|kind| kind & (SMALLER | MASK) == 0) && self.unsigned(255) != Some(OLD_SMALLER)
    }

    /// Refuses one whose values are not in the file, which would be read as if they had not been written.
    pub fn check(&self, tags: &[u16]) -> Result<(), Error> {
        let is_there = |entry: &Entry| match entry.count.checked_sub(1) {
            Some(last) => self.file.real(entry, last).is_some(),
            None => true,
        };
        let mut entries = self.entries.iter().filter(|entry| tags.contains(&entry.tag));
        if entries.all(is_there) { Ok(()) } else { Err(damaged()) }
    }

    pub fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }

    /// The first number of an entry.
    pub fn unsigned(&self, tag: u16) -> Option<u64> {
        self.entry(tag).and_then(|entry| self.file.unsigned(entry, 0))
    }

    /// The numbers of an entry, as far as they are in the file.
    pub fn unsigneds(&self, tag: u16) -> Vec<u64> {
        let Some(entry) = self.entry(tag) else { return vec![] };
        (0..entry.count.min(MAX_NUMBERS)).map_while(|index| self.file.unsigned(entry, index)).collect()
    }

    /// The numbers of an entry, whole or fractions.
    pub fn reals(&self, tag: u16) -> Vec<f64> {
        let Some(entry) = self.entry(tag) else { return vec![] };
        (0..entry.count.min(MAX_NUMBERS)).map_while(|index| self.file.real(entry, index)).collect()
    }

    /// The bytes of an entry.
    pub fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entry(tag)?;
        let end = entry.count.checked_mul(size_of_kind(entry.kind)).and_then(|bytes| bytes.checked_add(entry.start))?;
        self.file.bytes.get(entry.start..end)
    }

    /// The whole file.
    pub fn file(&self) -> &'a [u8] {
        self.file.bytes
    }

    /// The lowest byte of a number comes first.
    pub fn is_little(&self) -> bool {
        self.file.little
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

impl<'a> Numbers<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (little, big) = match bytes.get(..4)? {
            b"II*\0" => (true, false),
            b"MM\0*" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            _ => return None,
        };
        Some(Self { bytes, little, big })
    }

    fn u16(self, at: usize) -> Option<u16> {
        let pair = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    }

    fn u32(self, at: usize) -> Option<u32> {
        let four = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    fn u64(self, at: usize) -> Option<u64> {
        let eight = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u64::from_le_bytes(eight) } else { u64::from_be_bytes(eight) })
    }

    /// A count, or a place in the file.
    fn word(self, at: usize) -> Option<usize> {
        if self.big { usize::try_from(self.u64(at)?).ok() } else { Some(self.u32(at)? as usize) }
    }

    fn entry(self, at: usize) -> Option<Entry> {
        let (tag, kind, count) = (self.u16(at)?, self.u16(at + 2)?, self.word(at + 4)?);
        let (value, room) = if self.big { (at + 12, 8) } else { (at + 8, 4) };
        let is_here = count.checked_mul(size_of_kind(kind)).is_some_and(|bytes| bytes <= room);
        let start = if is_here { value } else { self.word(value)? };
        Some(Entry { tag, kind, count, start })
    }

    fn unsigned(self, entry: &Entry, index: usize) -> Option<u64> {
        let at = self.place(entry, index)?;
        match entry.kind {
            1 | 2 | 7 => self.bytes.get(at).map(|&byte| byte.into()),
            6 => self.bytes.get(at).map(|&byte| i64::from(byte as i8).max(0) as u64),
            3 => self.u16(at).map(u64::from),
            8 => self.u16(at).map(|value| i64::from(value as i16).max(0) as u64),
            4 | 13 => self.u32(at).map(u64::from),
            9 => self.u32(at).map(|value| i64::from(value as i32).max(0) as u64),
            16 | 18 => self.u64(at),
            17 => self.u64(at).map(|value| (value as i64).max(0) as u64),
            // `as` clamps.
            5 | 10..=12 => self.real(entry, index).map(|value| value as u64),
            _ => None,
        }
    }

    fn real(self, entry: &Entry, index: usize) -> Option<f64> {
        let at = self.place(entry, index)?;
        Some(match entry.kind {
            5 => f64::from(self.u32(at)?) / f64::from(self.u32(at + 4)?),
            10 => f64::from(self.u32(at)? as i32) / f64::from(self.u32(at + 4)? as i32),
            11 => f32::from_bits(self.u32(at)?).into(),
            12 => f64::from_bits(self.u64(at)?),
            _ => self.unsigned(entry, index)? as f64,
        })
    }

    fn place(self, entry: &Entry, index: usize) -> Option<usize> {
        let at = entry.start.checked_add(index.checked_mul(size_of_kind(entry.kind))?)?;
        // Room for the largest number behind it.
        (index < entry.count && at < self.bytes.len()).then_some(at)
    }
}

/// Bytes of a number of that kind.
fn size_of_kind(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}
