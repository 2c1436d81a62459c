//! The records of a binary part: a number, a length, bytes. One at a time is in memory.

use crate::Error;
use crate::containers::compound::u32_at;
use std::io::{BufRead, BufReader, Read};

/// Numbers of records ([MS-XLSB] 2.3).
pub mod id {
    pub const ROW: u32 = 0;
    pub const CELL_RK: u32 = 2;
    pub const CELL_ERROR: u32 = 3;
    pub const CELL_BOOL: u32 = 4;
    pub const CELL_REAL: u32 = 5;
    pub const CELL_STRING: u32 = 6;
    pub const CELL_SHARED_STRING: u32 = 7;
    pub const FORMULA_STRING: u32 = 8;
    pub const FORMULA_NUMBER: u32 = 9;
    pub const FORMULA_BOOL: u32 = 10;
    pub const FORMULA_ERROR: u32 = 11;
    pub const SHARED_STRING: u32 = 19;
    pub const FORMAT: u32 = 44;
    pub const XF: u32 = 47;
    pub const CELL_RICH_STRING: u32 = 62;
    pub const WORKBOOK: u32 = 153;
    pub const SHEET: u32 = 156;
    pub const BEGIN_CELL_XFS: u32 = 617;
    pub const END_CELL_XFS: u32 = 618;
}

/// Reads records in their order.
pub struct Records<R> {
    input: BufReader<R>,
    /// The bytes of the record that was read last.
    pub data: Vec<u8>,
}

impl<R: Read> Records<R> {
    pub fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(64 << 10, input), data: vec![] }
    }

    /// Reads the next record and gives its number; nothing at the end.
    pub fn next(&mut self) -> Result<Option<u32>, Error> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let kind = self.number(2)?;
        let length = self.number(4)?;
        self.data.clear();
        if (&mut self.input).take(length.into()).read_to_end(&mut self.data)? < length as usize {
            return Err(Error::malformed("The file is damaged or cut off."));
        }
        Ok(Some(kind))
    }

    /// Seven bits in every byte, the lowest first.
    fn number(&mut self, max_bytes: u32) -> Result<u32, Error> {
        let mut number = 0;
        for at in 0..max_bytes {
            let mut byte = [0];
            self.input.read_exact(&mut byte)?;
            number |= u32::from(byte[0] & 0x7f) << (7 * at);
            if byte[0] & 0x80 == 0 {
                break;
            }
        }
        Ok(number)
    }
}

/// A string and the place after it.
pub fn wide_string(data: &[u8], offset: usize) -> Option<(String, usize)> {
    let length = u32_at(data, offset)?;
    // The length of no string at all.
    let length = if length == u32::MAX { 0 } else { length as usize };
    let end = length.checked_mul(2)?.checked_add(offset + 4)?;
    let units = data.get(offset + 4..end)?.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Some((char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(), end))
}
