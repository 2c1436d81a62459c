//! Workbooks that are a stream of records and no compound file: what Excel 2 to 4 wrote. It is one sheet, or, in Excel 4, several
//! that follow each other, each after a record with its name.

use super::book::{Book, SheetEntry, is_begin};
use super::records::{Records, id};
use super::strings::short_string;
use crate::containers::compound::u16_at;
use crate::formats::xlsx::{NumberFormat, NumberFormats, built_in, number_format};
use crate::text::code_page;
use crate::{Error, Head};
use encoding_rs::WINDOWS_1252;
use model::Reason;
use std::io::{Read, Seek};

/// Sheets, charts, macros, workspaces and workbooks: what a stream can say that it is.
const KINDS: [u16; 6] = [0x0005, 0x0010, 0x0020, 0x0040, 0x0100, 0x0006];
/// A stream of the newer versions that begins with what all sheets share, as in a compound file.
const GLOBALS: u16 = 0x0005;

/// True when a content begins with the mark of a stream and says of which kind it is.
pub fn is_loose(head: &Head<'_>) -> bool {
    let at = |offset| u16_at(&head.bytes, offset);
    let (Some(kind), Some(length), Some(what)) = (at(0), at(2), at(6)) else { return false };
    is_begin(kind) && (4..=16).contains(&length) && KINDS.contains(&what)
}

/// Reads what the stream says of its sheets: what all of them share, and where they are.
pub fn read_loose<R: Read + Seek>(records: &mut Records<R>) -> Result<Book, Error> {
    let begin = records.next()?.filter(|kind| is_begin(*kind));
    let begin = begin.ok_or_else(|| Error::malformed("The file has no workbook."))?;
    if begin == id::BOF && u16_at(&records.data, 2) == Some(GLOBALS) {
        records.seek(0)?;
        return Book::read(records);
    }
    let has_bytes = |kind| begin == id::OLD_BOFS[kind];
    let (is_first, is_fourth) = (has_bytes(0), has_bytes(2) || begin == id::BOF);
    let (mut encoding, mut is_1904) = (WINDOWS_1252, false);
    let (mut codes, mut styles, mut sheets) = (vec![], vec![], vec![]);
    let mut name = None;
    loop {
        let offset = records.position()?;
        let Some(kind) = records.next()? else { break };
        let data = &records.data;
        match kind {
            id::FILE_PASS => return Err(Error::rejected(Reason::Encrypted, "The file is protected with a password.")),
            id::DATE_1904 => is_1904 = data.first() == Some(&1),
            id::CODE_PAGE => encoding = u16_at(data, 0).map_or(encoding, |page| code_page(page.into())),
            id::OLD_FORMAT | id::FORMAT if codes.len() < MOST => {
                let code = data.get(if is_fourth { 2 } else { 0 }..).unwrap_or_default();
                codes.push(number_format(&short_string(code, 1, Some(encoding))));
            }
            // The second byte of the third and the fourth version is the number of a format; of the fifth, the second number.
            id::THIRD_XF | id::FOURTH_XF => styles.push(data.get(1).map_or(0, |format| u32::from(*format))),
            id::XF => styles.push(u16_at(data, 2).unwrap_or(0).into()),
            id::SHEET_HEADER => name = Some(short_string(data.get(4..).unwrap_or_default(), 1, Some(encoding))),
            kind if is_begin(kind) => sheets.extend(name.take().map(|name| SheetEntry { name, offset })),
            _ => {}
        }
        if sheets.len() >= MOST || styles.len() >= MOST {
            break;
        }
    }
    if sheets.is_empty() {
        sheets.push(SheetEntry { name: "Sheet1".into(), offset: 0 });
    }
    let of_code = |format: u32| codes.get(format as usize).cloned().unwrap_or_else(|| built_in(format));
    // Cells of the first version name a format themselves, those of others a style.
    let formats: Vec<NumberFormat> = match is_first {
        true => (0..64).map(of_code).collect(),
        false => styles.into_iter().map(of_code).collect(),
    };
    let formats = NumberFormats::new(formats);
    Ok(Book { sheets, strings: vec![], formats, is_1904, encoding: Some(encoding), is_first })
}

/// Formats, styles and sheets of a stream: more than any program makes.
const MOST: usize = 10_000;
