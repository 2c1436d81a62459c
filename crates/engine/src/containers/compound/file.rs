//! The allocation tables of a compound file ([MS-CFB]). What the header claims is held against the file's length, and
//! a chain that is broken or goes in circles only ends early: the text before it is still there.

use super::directory::{self, Entry};
use super::{u16_at, u32_at, u64_at};
use crate::{Error, Source};
use model::{Limits, Reason};
use std::io::{self, Read, Seek, SeekFrom};

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const HEADER_BYTES: usize = 512;
/// Sectors with numbers from here on are marks: free, end of a chain, part of a table.
const FIRST_MARK: u32 = 0xffff_fffa;
const MINI_SECTOR_BYTES: u64 = 64;

/// An open compound file.
pub struct Compound<'a> {
    input: &'a mut dyn Source,
    sector_bytes: u64,
    /// Streams shorter than this are in the mini stream.
    mini_below: u64,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    /// Sectors of the mini stream.
    mini_chain: Vec<u32>,
    entries: Vec<Entry>,
}

/// True for content that begins like one.
pub fn is_compound(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// True when the content is one. It is rewound.
pub fn is_compound_file(input: &mut dyn Source) -> Result<bool, Error> {
    let mut head = [0; MAGIC.len()];
    let is_file = input.read_exact(&mut head).is_ok() && is_compound(&head);
    input.rewind().map_err(Error::Io)?;
    Ok(is_file)
}

impl<'a> Compound<'a> {
    /// Reads the tables and the directory.
    pub fn open(input: &'a mut dyn Source, limits: &Limits) -> Result<Self, Error> {
        let size = input.seek(SeekFrom::End(0)).map_err(Error::Io)?;
        if size > limits.whole_file_bytes {
            let megabytes = limits.whole_file_bytes >> 20;
            return Err(Error::rejected(Reason::TooLarge, format!("The file is larger than {megabytes} MB.")));
        }
        input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
        let mut header = [0; HEADER_BYTES];
        input.read_exact(&mut header)?;
        let shift = u16_at(&header, 30).unwrap_or(0);
        if !is_compound(&header) || !(7..=16).contains(&shift) {
            return Err(Error::malformed("The file is damaged: its container cannot be read."));
        }
        let sector_bytes = 1 << shift;
        let number = |offset| u32_at(&header, offset).unwrap_or(FIRST_MARK);
        let mut file = Self {
            input,
            sector_bytes,
            mini_below: u64::from(number(56)).min(1 << 20),
            table: vec![],
            mini_table: vec![],
            mini_chain: vec![],
            entries: vec![],
        };
        file.read_table(&header, size)?;
        let directory = file.chain(number(48));
        let directory = file.read_chain(&directory, directory::MAX_BYTES.min(size))?;
        file.entries = directory::read(&directory, limits)?;
        let mini_table = file.chain(number(60));
        file.mini_table = numbers(&file.read_chain(&mini_table, size)?);
        file.mini_chain = file.entries.first().map_or_else(Vec::new, |root| file.chain(root.start));
        Ok(file)
    }

    /// Everything directly inside of a storage; the root is 0.
    pub fn children(&self, storage: usize) -> Vec<usize> {
        directory::children(&self.entries, storage)
    }

    /// An entry by its place in the directory.
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// The entry of that name in a storage. Case does not matter.
    pub fn find(&self, storage: usize, name: &str) -> Option<usize> {
        self.children(storage).into_iter().find(|&index| self.entries[index].name.eq_ignore_ascii_case(name))
    }

    /// Opens a stream by its place in the directory.
    pub fn stream(&mut self, index: usize) -> Stream<'_, 'a> {
        let (start, size) = self.entries.get(index).map_or((FIRST_MARK, 0), |entry| (entry.start, entry.size_bytes));
        let is_mini = size < self.mini_below;
        let (table, unit) =
            if is_mini { (&self.mini_table, MINI_SECTOR_BYTES) } else { (&self.table, self.sector_bytes) };
        let chain = follow(table, start, size.div_ceil(unit));
        let size = size.min(chain.len() as u64 * unit);
        Stream::new(self, chain, is_mini, size)
    }

    /// Reads a stream of the root whole, up to `most` bytes; nothing when there is none of that name.
    pub fn read_stream(&mut self, storage: usize, name: &str, max: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(index) = self.find(storage, name) else { return Ok(None) };
        let mut bytes = vec![];
        self.stream(index).take(max).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Reads from a place of a chain: as far as its sectors follow each other in the file.
    fn read_at(&mut self, chain: &[u32], is_mini: bool, at: u64, to: &mut [u8]) -> io::Result<usize> {
        if is_mini {
            let Some(sector) = chain.get((at / MINI_SECTOR_BYTES) as usize) else { return Ok(0) };
            let inside = at % MINI_SECTOR_BYTES;
            let max = to.len().min((MINI_SECTOR_BYTES - inside) as usize);
            let offset = u64::from(*sector) * MINI_SECTOR_BYTES + inside;
            let outer = std::mem::take(&mut self.mini_chain);
            let read = self.read_at(&outer, false, offset, &mut to[..max]);
            self.mini_chain = outer;
            return read;
        }
        let first = (at / self.sector_bytes) as usize;
        let Some(sectors) = chain.get(first..).filter(|sectors| !sectors.is_empty()) else { return Ok(0) };
        let run = sectors.windows(2).take_while(|two| two[0].checked_add(1) == Some(two[1])).count() + 1;
        let inside = at % self.sector_bytes;
        let max = (run as u64 * self.sector_bytes - inside).min(to.len() as u64) as usize;
        self.input.seek(SeekFrom::Start(self.offset(sectors[0]) + inside))?;
        self.input.read(&mut to[..max])
    }

    fn offset(&self, sector: u32) -> u64 {
        (u64::from(sector) + 1) * self.sector_bytes
    }

    fn chain(&self, start: u32) -> Vec<u32> {
        follow(&self.table, start, u64::MAX)
    }

    fn read_chain(&mut self, chain: &[u32], max: u64) -> Result<Vec<u8>, Error> {
        let size = (chain.len() as u64 * self.sector_bytes).min(max);
        let (mut bytes, mut piece) = (vec![], vec![0; 64 << 10]);
        while (bytes.len() as u64) < size {
            let want = piece.len().min(size as usize - bytes.len());
            match self.read_at(chain, false, bytes.len() as u64, &mut piece[..want])? {
                0 => break,
                count => bytes.extend_from_slice(&piece[..count]),
            }
        }
        Ok(bytes)
    }

    /// The table of all sectors stands in sectors that the header lists, and then sectors that it chains.
    fn read_table(&mut self, header: &[u8], size: u64) -> Result<(), Error> {
        let max = (size / self.sector_bytes) as usize + 1;
        let mut sectors = numbers(&header[76..]);
        let (mut next, mut seen) = (u32_at(header, 68).unwrap_or(FIRST_MARK), 0);
        while next < FIRST_MARK && seen <= max && sectors.len() <= max {
            let mut more = numbers(&self.read_chain(&[next], self.sector_bytes)?);
            next = more.pop().unwrap_or(FIRST_MARK);
            sectors.extend(more);
            seen += 1;
        }
        sectors.retain(|sector| *sector < FIRST_MARK && (*sector as usize) < max);
        let claimed = u32_at(header, 44).unwrap_or(0) as usize;
        for sector in sectors.into_iter().take(claimed.max(1)) {
            let part = numbers(&self.read_chain(&[sector], self.sector_bytes)?);
            self.table.extend(part);
            if self.table.len() >= max {
                self.table.truncate(max);
                break;
            }
        }
        Ok(())
    }
}

/// An open stream.
pub struct Stream<'c, 'a> {
    file: &'c mut Compound<'a>,
    chain: Vec<u32>,
    is_mini: bool,
    size_bytes: u64,
    at: u64,
}

impl<'c, 'a> Stream<'c, 'a> {
    fn new(file: &'c mut Compound<'a>, chain: Vec<u32>, is_mini: bool, size_bytes: u64) -> Self {
        Self { file, chain, is_mini, size_bytes, at: 0 }
    }
}

impl Read for Stream<'_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let max = self.size_bytes.saturating_sub(self.at).min(to.len() as u64) as usize;
        let count = self.file.read_at(&self.chain, self.is_mini, self.at, &mut to[..max])?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Stream<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(offset) => self.size_bytes.saturating_add_signed(offset),
            SeekFrom::Current(offset) => self.at.saturating_add_signed(offset),
        };
        Ok(self.at)
    }
}

/// The sectors of a chain, up to `most`. It never has more of them than the table, so a circle ends.
fn follow(table: &[u32], start: u32, max: u64) -> Vec<u32> {
    let mut chain = vec![];
    let mut next = start;
    let max = max.min(table.len() as u64) as usize;
    while (next as usize) < table.len() && chain.len() < max {
        chain.push(next);
        next = table[next as usize];
    }
    chain
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

/// A time in the tenths of microseconds that Windows counts from 1601, as seconds since 1970.
pub fn seconds_of_filetime(bytes: &[u8], offset: usize) -> Option<i64> {
    let ticks = u64_at(bytes, offset).filter(|ticks| *ticks > 0)?;
    Some((ticks / 10_000_000) as i64 - 11_644_473_600)
}
