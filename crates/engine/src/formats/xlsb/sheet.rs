//! One sheet, cell by cell.

use super::records::{Records, wide_string};
use crate::containers::compound::{u32_at, u64_at};
use crate::formats::xls::{packed, word};
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
        let shown = |value: f64| {
            let style = u32_at(data, 4).unwrap_or(0) & 0xff_ffff;
            number(&value.to_string(), formats.of_style(style as usize), is_1904)
        };
        let text = match kind {
            0 => {
                rows.end_row(sink);
                continue;
            }
            2 => u32_at(value, 0).map(|bits| shown(packed(bits))),
            3 | 11 => value.first().map(|value| word(*value, true).to_owned()),
            4 | 10 => value.first().map(|value| word(*value, false).to_owned()),
            5 | 9 => u64_at(value, 0).map(|bits| shown(f64::from_bits(bits))),
            6 | 8 => wide_string(value, 0).map(|(string, _)| string),
            62 => wide_string(value, 1).map(|(string, _)| string),
            7 => u32_at(value, 0).and_then(|at| strings.get(at as usize)).map(|string| string.to_string()),
            _ => None,
        };
        if let (Some(text), Some(column)) = (text, u32_at(data, 0)) {
            rows.cell(column as usize, &text);
        }
    }
    rows.finish(sink);
    Ok(())
}
