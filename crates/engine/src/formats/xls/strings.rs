//! Strings of records. A long one goes on in the next record, where it may change between one and two bytes a
//! character.

use super::records::Records;
use crate::Error;
use crate::containers::compound::{u16_at, u32_at};
use encoding_rs::Encoding;
use std::io::{Read, Seek};

/// Reads strings out of a record and those that continue it.
pub struct Strings<'r, R> {
    records: &'r mut Records<R>,
    at: usize,
}

impl<'r, R: Read + Seek> Strings<'r, R> {
    /// Begins at that place of the record that was read last.
    pub fn new(records: &'r mut Records<R>, at: usize) -> Self {
        Self { records, at }
    }

    /// The next string of the shared table; nothing at its end.
    pub fn next(&mut self) -> Result<Option<String>, Error> {
        if self.at >= self.records.data.len() && !self.go_on()? {
            return Ok(None);
        }
        let Some(head) = self.records.data.get(self.at..self.at + 3) else { return Ok(None) };
        let (mut left, flags) = (usize::from(u16::from_le_bytes([head[0], head[1]])), head[2]);
        self.at += 3;
        let mut after = 0u64;
        if flags & 8 != 0 {
            after += 4 * u64::from(u16_at(&self.records.data, self.at).unwrap_or(0));
            self.at += 2;
        }
        if flags & 4 != 0 {
            after += u64::from(u32_at(&self.records.data, self.at).unwrap_or(0));
            self.at += 4;
        }
        let (mut units, mut is_wide) = (Vec::with_capacity(left.min(1024)), flags & 1 != 0);
        while left > 0 {
            let rest = self.records.data.get(self.at..).unwrap_or_default();
            let taken = take_units(rest, left, is_wide, &mut units);
            left -= taken;
            self.at += taken * if is_wide { 2 } else { 1 };
            if left > 0 {
                if !self.go_on()? {
                    break;
                }
                is_wide = self.records.data.first().is_some_and(|flags| flags & 1 != 0);
                self.at = 1;
            }
        }
        self.skip(after)?;
        Ok(Some(String::from_utf16_lossy(&units)))
    }

    fn go_on(&mut self) -> Result<bool, Error> {
        self.at = 0;
        self.records.next_continued()
    }

    /// Formatting and readings, which may go on in other records as well.
    fn skip(&mut self, mut count: u64) -> Result<(), Error> {
        loop {
            let here = self.records.data.len().saturating_sub(self.at) as u64;
            if count <= here {
                self.at += count as usize;
                return Ok(());
            }
            count -= here;
            if !self.go_on()? {
                return Ok(());
            }
        }
    }
}

fn take_units(bytes: &[u8], max: usize, is_wide: bool, units: &mut Vec<u16>) -> usize {
    let before = units.len();
    if is_wide {
        units.extend(bytes.chunks_exact(2).take(max).map(|unit| u16::from_le_bytes([unit[0], unit[1]])));
    } else {
        units.extend(bytes.iter().take(max).map(|byte| u16::from(*byte)));
    }
    units.len() - before
}

/// A string inside of one record: its length in one or two bytes, then, in files of the newer version, its flags.
pub fn short_string(bytes: &[u8], length_bytes: usize, encoding: Option<&'static Encoding>) -> String {
    let length = match length_bytes {
        1 => bytes.first().copied().map(usize::from),
        _ => u16_at(bytes, 0).map(usize::from),
    };
    let (Some(length), Some(rest)) = (length, bytes.get(length_bytes..)) else { return String::new() };
    if let Some(encoding) = encoding {
        return encoding.decode_without_bom_handling(&rest[..length.min(rest.len())]).0.into_owned();
    }
    let Some((flags, mut rest)) = rest.split_first() else { return String::new() };
    let before = if flags & 8 != 0 { 2 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
    rest = rest.get(before..).unwrap_or_default();
    let mut units = vec![];
    take_units(rest, length, flags & 1 != 0, &mut units);
    String::from_utf16_lossy(&units)
}
