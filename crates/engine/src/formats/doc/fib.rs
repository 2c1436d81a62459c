//! The file information block: the version, and where everything else is.

use crate::Error;
use crate::containers::compound::{u16_at, u32_at};
use model::Reason;

/// The longest block.
pub const FIB_BYTES: usize = 2048;

/// Versions before this one are of Word 6 and 95.
const FIRST_NEW: u16 = 0xc1;

/// How documents of Word for Windows 1 and 2 begin.
const SECOND: [u16; 2] = [0xa59b, 0xa5db];

/// Flags of the block: there is a password, the table stream is the one called `1Table`, the text is in pieces.
const ENCRYPTED: u16 = 0x0100;
const IN_SECOND_TABLE: u16 = 0x0200;
const COMPLEX: u16 = 0x0004;
/// The text of an old file is in characters of two bytes: Word 6 and 95 of the Far East.
const WIDE: u16 = 0x1000;
/// Where in the block the lengths of the text's parts begin, in old files and in others, and where the references to tables do.
const OLD_LENGTHS: usize = 0x34;
const LENGTHS: usize = 0x4c;
const TABLES: usize = 0x9a;

/// Characters of a part that are looked at: far more than are kept of any text.
const MAX_CHARACTERS: u32 = 64 << 20;

/// The block.
pub struct Fib {
    bytes: Vec<u8>,
    pub is_old: bool,
    /// The document is of Word for Windows 1 or 2, whose tables lie elsewhere.
    pub is_second: bool,
    /// The table stream is the one called `1Table`.
    pub in_second_table: bool,
    /// The text is in pieces, in old files.
    pub is_complex: bool,
    /// Characters have two bytes, in old files.
    pub is_wide: bool,
    /// The language of the program that wrote it.
    pub language: u16,
}

/// The parts of the text, in the order in which they follow each other.
#[derive(Clone, Copy)]
pub enum Part {
    Body = 0,
    Footnotes = 1,
    Headers = 2,
    Comments = 4,
    Endnotes = 5,
    TextBoxes = 6,
    HeaderTextBoxes = 7,
}

/// Tables in the table stream, by the position of their reference in the block ([MS-DOC] 2.5.6).
#[derive(Clone, Copy)]
pub enum Table {
    Styles = 1,
    FootnoteMarks = 2,
    Footnotes = 3,
    Comments = 5,
    Headers = 11,
    CharacterRuns = 12,
    ParagraphRuns = 13,
    Pieces = 33,
    EndnoteMarks = 46,
    Endnotes = 47,
    Lists = 73,
    ListUses = 74,
}

impl Fib {
    /// Reads the block from the start of the `WordDocument` stream.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Error> {
        let damaged = || Error::malformed("The document is damaged: it does not begin like one.");
        let mark = u16_at(&bytes, 0).ok_or_else(damaged)?;
        let version = u16_at(&bytes, 2).ok_or_else(damaged)?;
        let flags = u16_at(&bytes, 10).ok_or_else(damaged)?;
        if !matches!(mark, 0xa5ec | 0xa5dc | 0xa697..=0xa699 | 0x8098 | 0x8099) && !SECOND.contains(&mark) {
            return Err(damaged());
        }
        if flags & ENCRYPTED != 0 {
            return Err(Error::rejected(Reason::Encrypted, "The document is protected with a password."));
        }
        Ok(Self {
            is_old: version < FIRST_NEW,
            is_second: SECOND.contains(&mark),
            in_second_table: flags & IN_SECOND_TABLE != 0,
            is_complex: flags & COMPLEX != 0,
            is_wide: flags & WIDE != 0,
            language: u16_at(&bytes, 6).unwrap_or(0),
            bytes,
        })
    }

    /// The first character of a part and the one past its last.
    pub fn range(&self, part: Part) -> (u32, u32) {
        let first = if self.is_old { OLD_LENGTHS } else { LENGTHS };
        let length = |index: usize| u32_at(&self.bytes, first + 4 * index).unwrap_or(0).min(MAX_CHARACTERS);
        let start = (0..part as usize).map(length).fold(0, u32::saturating_add);
        (start, start.saturating_add(length(part as usize)))
    }

    /// Where a table is in the table stream, and its length.
    pub fn table(&self, table: Table) -> (u64, u64) {
        let offset = TABLES + 8 * table as usize;
        (self.number(offset), self.number(offset + 4))
    }

    /// A number of the block by its place in bytes.
    pub fn number(&self, offset: usize) -> u64 {
        u32_at(&self.bytes, offset).unwrap_or(0).into()
    }
}
