//! What the workbook says before its sheets: their names and places, the shared strings, the number formats.

use super::records::{Records, id};
use super::strings::{Strings, short_string};
use crate::Error;
use crate::containers::compound::{u16_at, u32_at};
use crate::formats::xlsx::{NumberFormat, NumberFormats, built_in, number_format};
use crate::text::code_page;
use encoding_rs::{Encoding, WINDOWS_1252};
use model::Reason;
use std::collections::HashMap;
use std::io::{Read, Seek};

/// A sheet's name and where its records begin.
pub struct SheetEntry {
    pub name: String,
    pub offset: u64,
}

/// The version of Excel 97 to 2003.
const BIFF8: u16 = 0x0600;

/// More sheets than any program makes.
const MAX_SHEETS: usize = 10_000;

/// The workbook.
#[derive(Default)]
pub struct Book {
    pub sheets: Vec<SheetEntry>,
    pub strings: Vec<Box<str>>,
    pub formats: NumberFormats,
    pub is_1904: bool,
    /// Strings are bytes in this encoding; nothing in files of the newer version, which have flags.
    pub encoding: Option<&'static Encoding>,
    /// The cells are those of Excel 2, which are written otherwise.
    pub is_first: bool,
}

impl Book {
    /// Reads the first part of the stream, up to the records of the first sheet.
    pub fn read<R: Read + Seek>(records: &mut Records<R>) -> Result<Self, Error> {
        let malformed = || Error::malformed("The file has no workbook.");
        if !records.next()?.is_some_and(is_begin) {
            return Err(malformed());
        }
        let is_new = u16_at(&records.data, 0) == Some(BIFF8);
        let mut encoding = WINDOWS_1252;
        let mut book = Self::default();
        let (mut codes, mut styles) = (HashMap::<u16, NumberFormat>::new(), vec![]);
        let old = |encoding| if is_new { None } else { Some(encoding) };
        while let Some(kind) = records.next()? {
            let data = &records.data;
            match kind {
                id::EOF => break,
                id::FILE_PASS => {
                    return Err(Error::rejected(Reason::Encrypted, "The file is protected with a password."));
                }
                id::DATE_1904 => book.is_1904 = data.first() == Some(&1),
                id::CODE_PAGE => encoding = u16_at(data, 0).map_or(encoding, |page| code_page(page.into())),
                id::BOUND_SHEET => {
                    // Sheets and dialogs have text; charts and modules of Visual Basic are of other kinds.
                    let name = short_string(data.get(6..).unwrap_or_default(), 1, old(encoding));
                    let is_another =
                        |offset: u32| book.sheets.iter().all(|other: &SheetEntry| other.offset != u64::from(offset));
                    if let (Some(offset), Some(0 | 1)) = (u32_at(data, 0), data.get(5))
                        && book.sheets.len() < MAX_SHEETS
                        && is_another(offset)
                    {
                        book.sheets.push(SheetEntry { name, offset: offset.into() });
                    }
                }
                id::OLD_FORMAT | id::FORMAT => {
                    let length_bytes = if is_new { 2 } else { 1 };
                    let code = short_string(data.get(2..).unwrap_or_default(), length_bytes, old(encoding));
                    codes.extend(u16_at(data, 0).map(|format| (format, number_format(&code))));
                }
                id::XF => {
                    let format = u16_at(data, 2).unwrap_or(0);
                    styles.push(codes.get(&format).cloned().unwrap_or_else(|| built_in(format.into())));
                }
                id::SHARED_STRINGS => book.strings = shared_strings(records)?,
                _ => {}
            }
        }
        book.formats = NumberFormats::new(styles);
        book.encoding = old(encoding);
        if book.sheets.is_empty() { Err(malformed()) } else { Ok(book) }
    }
}

/// The mark of a stream's or a sheet's beginning, in any version.
pub fn is_begin(kind: u16) -> bool {
    kind == id::BOF || id::OLD_BOFS.contains(&kind)
}

/// The table's own count is not believed.
fn shared_strings<R: Read + Seek>(records: &mut Records<R>) -> Result<Vec<Box<str>>, Error> {
    let mut strings = Strings::new(records, 8);
    let mut all = vec![];
    while let Some(string) = strings.next()? {
        all.push(string.into_boxed_str());
    }
    Ok(all)
}
