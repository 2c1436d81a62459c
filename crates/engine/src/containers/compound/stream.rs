//! One stream of a compound file, read from any place of it.

use super::file::Compound;
use std::io::{self, Read, Seek, SeekFrom};

/// An open stream.
pub struct Stream<'c, 'a> {
    file: &'c mut Compound<'a>,
    chain: Vec<u32>,
    is_mini: bool,
    size_bytes: u64,
    at: u64,
}

impl<'c, 'a> Stream<'c, 'a> {
    pub(super) fn new(file: &'c mut Compound<'a>, chain: Vec<u32>, is_mini: bool, size_bytes: u64) -> Self {
        Self { file, chain, is_mini, size_bytes, at: 0 }
    }
}

impl Read for Stream<'_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let most = self.size_bytes.saturating_sub(self.at).min(to.len() as u64) as usize;
        let count = self.file.read_at(&self.chain, self.is_mini, self.at, &mut to[..most])?;
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
