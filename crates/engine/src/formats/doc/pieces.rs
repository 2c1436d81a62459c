//! The piece table: which bytes of the stream are which characters. Pieces are in the order of the text and anywhere
//! in the file.

use super::positions;
use crate::Error;
use crate::containers::compound::{u16_at, u32_at};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::io::{Read, Seek, SeekFrom};

const CHUNK_BYTES: usize = 32 << 10;

/// All pieces.
#[derive(Default)]
pub struct Pieces(Vec<Piece>);

struct Piece {
    start: u32,
    end: u32,
    /// Offset of the first byte in the stream.
    at: u32,
    is_wide: bool,
}

/// One character and where it is, in the text and in the stream.
#[derive(Clone, Copy)]
pub struct Char {
    pub c: char,
    pub position: u32,
    pub at: u32,
}

impl Pieces {
    /// Reads the table that holds the pieces, after properties that pieces refer to.
    pub fn read(mut table: &[u8]) -> Result<Self, Error> {
        while let [1, rest @ ..] = table {
            let length = usize::from(u16_at(rest, 0).unwrap_or(u16::MAX));
            table = rest.get(2 + length..).unwrap_or_default();
        }
        let [2, rest @ ..] = table else {
            return Err(Error::malformed("The document is damaged: its text cannot be found."));
        };
        let length = u32_at(rest, 0).unwrap_or(0) as usize;
        let rest = rest.get(4..).unwrap_or_default();
        let table = &rest[..length.min(rest.len())];
        let positions = positions(table, 8);
        let entries = table.get(positions.len() * 4..).unwrap_or_default().chunks_exact(8);
        // Each begins where the one before ends; what goes back is no text.
        let pieces =
            positions.windows(2).zip(entries).take_while(|(ends, _)| ends[0] <= ends[1]).map(|(ends, entry)| {
                let at = u32_at(entry, 2).unwrap_or(0);
                let is_wide = at & 0x4000_0000 == 0;
                let at = if is_wide { at } else { (at & 0x3fff_ffff) / 2 };
                Piece { start: ends[0], end: ends[1], at, is_wide }
            });
        Ok(Self(pieces.collect()))
    }

    /// One piece of so many characters, which begins at that byte.
    pub fn of(start: u32, at: u32, length: u32, is_wide: bool) -> Self {
        Self(vec![Piece { start, end: start.saturating_add(length), at, is_wide }])
    }

    /// All characters are of one width, whatever the table says: so it is in old files.
    pub fn of_width(mut self, is_wide: bool) -> Self {
        for piece in &mut self.0 {
            piece.at = if piece.is_wide { piece.at } else { piece.at.saturating_mul(2) };
            piece.is_wide = is_wide;
        }
        self
    }

    /// Gives every character of a range to `take` until it says that it has enough.
    pub fn walk(
        &self,
        stream: &mut (impl Read + Seek),
        (from, to): (u32, u32),
        encoding: Option<&'static Encoding>,
        mut take: impl FnMut(Char) -> bool,
    ) -> Result<(), Error> {
        for piece in &self.0 {
            let (start, end) = (piece.start.max(from), piece.end.min(to));
            if start >= end {
                continue;
            }
            let width = if piece.is_wide { 2 } else { 1 };
            let at = u64::from(piece.at) + u64::from(start - piece.start) * width;
            let mut text = Text { stream, at, position: start, is_wide: piece.is_wide, encoding };
            if !text.walk(end, &mut take)? {
                break;
            }
        }
        Ok(())
    }
}

struct Text<'s, S> {
    stream: &'s mut S,
    at: u64,
    position: u32,
    is_wide: bool,
    encoding: Option<&'static Encoding>,
}

impl<S: Read + Seek> Text<'_, S> {
    fn walk(&mut self, end: u32, take: &mut impl FnMut(Char) -> bool) -> Result<bool, Error> {
        let width = if self.is_wide { 2 } else { 1 };
        let mut bytes = vec![];
        let mut high = None;
        while self.position < end {
            bytes.clear();
            let want = (u64::from(end - self.position) * width).min(CHUNK_BYTES as u64);
            self.stream.seek(SeekFrom::Start(self.at))?;
            self.stream.by_ref().take(want).read_to_end(&mut bytes)?;
            if bytes.len() < width as usize {
                break;
            }
            let goes_on = if self.is_wide { self.wide(&bytes, &mut high, take) } else { self.narrow(&bytes, take) };
            if !goes_on {
                return Ok(false);
            }
            let count = bytes.len() as u64 / width;
            self.at += count * width;
            self.position = self.position.saturating_add(count as u32);
        }
        Ok(true)
    }

    fn wide(&self, bytes: &[u8], high: &mut Option<u16>, take: &mut impl FnMut(Char) -> bool) -> bool {
        (0u32..).zip(bytes.chunks_exact(2)).all(|(index, unit)| {
            let unit = u16::from_le_bytes([unit[0], unit[1]]);
            let c = match (high.take(), unit) {
                (_, 0xd800..=0xdbff) => {
                    *high = Some(unit);
                    return true;
                }
                (Some(first), 0xdc00..=0xdfff) => char::decode_utf16([first, unit]).next().and_then(Result::ok),
                _ => char::from_u32(unit.into()),
            };
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            take(Char { c, position: self.position + index, at: (self.at as u32).saturating_add(index * 2) })
        })
    }

    fn narrow(&self, bytes: &[u8], take: &mut impl FnMut(Char) -> bool) -> bool {
        let at = |index: u32| (self.position + index, (self.at as u32).saturating_add(index));
        if let Some(encoding) = self.encoding.filter(|encoding| !encoding.is_single_byte()) {
            // Positions count bytes, and two of them may be one character.
            let text = encoding.decode_without_bom_handling(bytes).0;
            return (0u32..).zip(text.chars()).all(|(index, c)| {
                let (position, at) = at(index);
                take(Char { c, position, at })
            });
        }
        let encoding = self.encoding.unwrap_or(WINDOWS_1252);
        (0u32..).zip(bytes.chunks(1)).all(|(index, byte)| {
            let c = if byte[0] < 0x80 {
                byte[0].into()
            } else {
                encoding.decode_without_bom_handling(byte).0.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
            };
            let (position, at) = at(index);
            take(Char { c, position, at })
        })
    }
}
