//! What the workbook's own parts say: the sheets, the shared strings, the number formats.

use super::records::{Records, id, wide_string};
use crate::Error;
use crate::containers::compound::{u16_at, u32_at};
use crate::formats::xlsx::{NumberFormats, built_in, number_format};
use std::collections::HashMap;
use std::io::Read;

/// A sheet's name and the id of its part.
pub struct SheetEntry {
    pub name: String,
    pub id: String,
}

/// The sheets in their order, and whether days are counted from 1904.
pub fn read_sheet_list(mut records: Records<impl Read>) -> Result<(Vec<SheetEntry>, bool), Error> {
    let (mut sheets, mut is_1904) = (vec![], false);
    while let Some(kind) = records.next()? {
        match kind {
            id::WORKBOOK => is_1904 = u32_at(&records.data, 0).is_some_and(|flags| flags & 1 != 0),
            id::SHEET => sheets.extend(sheet_entry(&records.data)),
            _ => {}
        }
    }
    Ok((sheets, is_1904))
}

fn sheet_entry(data: &[u8]) -> Option<SheetEntry> {
    let (id, end) = wide_string(data, 8)?;
    let (name, _) = wide_string(data, end)?;
    Some(SheetEntry { name, id })
}

/// The strings that cells share. Their own count of them is not believed.
pub fn read_strings(mut records: Records<impl Read>) -> Result<Vec<Box<str>>, Error> {
    let mut strings = vec![];
    while let Some(kind) = records.next()? {
        if kind == id::SHARED_STRING {
            strings.push(wide_string(&records.data, 1).map(|(string, _)| string).unwrap_or_default().into_boxed_str());
        }
    }
    Ok(strings)
}

/// What the styles of cells show.
pub fn read_formats(mut records: Records<impl Read>) -> Result<NumberFormats, Error> {
    let (mut codes, mut styles, mut in_cells) = (HashMap::new(), vec![], false);
    while let Some(kind) = records.next()? {
        let data = &records.data;
        match kind {
            id::FORMAT => codes.extend(u16_at(data, 0).zip(wide_string(data, 2).map(|(code, _)| number_format(&code)))),
            id::BEGIN_CELL_XFS => in_cells = true,
            id::END_CELL_XFS => in_cells = false,
            id::XF if in_cells => {
                let format = u16_at(data, 2).unwrap_or(0);
                styles.push(codes.get(&format).cloned().unwrap_or_else(|| built_in(format.into())));
            }
            _ => {}
        }
    }
    Ok(NumberFormats::new(styles))
}
