//! One sheet, cell by cell.

use super::records::{Records, id, wide_string};
use crate::containers::compound::{u32_at, u64_at};
use crate::formats::xls::{bool_or_error, rk_number};
use crate::formats::xlsx::{NumberFormats, Rows, number};
use crate::{Error, TextSink};
use std::io::Read;

/// Gives the rows of a sheet to the sink.
pub fn read_sheet(
    mut records: Records<impl Read>,
    (strings, formats, is_1904): (&[Box<str>], &NumberFormats, bool),
    sink: &mut TextSink,
) -> Result<(), Error> {
    let mut rows = Rows::default();
    while !sink.is_full() {
        let Some(kind) = records.next()? else { break };
        let data = &records.data;
        let value = data.get(8..).unwrap_or_default();
        let formatted = |value: f64| {
            let style = u32_at(data, 4).unwrap_or(0) & 0xff_ffff;
            number(&value.to_string(), formats.of_style(style as usize), is_1904)
        };
        let text = match kind {
            id::ROW => {
                rows.end_row(sink);
                continue;
            }
            id::CELL_RK => u32_at(value, 0).map(|bits| formatted(rk_number(bits))),
            id::CELL_ERROR | id::FORMULA_ERROR => value.first().map(|value| bool_or_error(*value, true).to_owned()),
            id::CELL_BOOL | id::FORMULA_BOOL => value.first().map(|value| bool_or_error(*value, false).to_owned()),
            id::CELL_REAL | id::FORMULA_NUMBER => u64_at(value, 0).map(|bits| formatted(f64::from_bits(bits))),
            id::CELL_STRING | id::FORMULA_STRING => wide_string(value, 0).map(|(string, _)| string),
            id::CELL_RICH_STRING => wide_string(value, 1).map(|(string, _)| string),
            id::CELL_SHARED_STRING => {
                u32_at(value, 0).and_then(|index| strings.get(index as usize)).map(|string| string.to_string())
            }
            _ => None,
        };
        if let (Some(text), Some(column)) = (text, u32_at(data, 0)) {
            rows.cell(column as usize, &text);
        }
    }
    rows.finish(sink);
    Ok(())
}
