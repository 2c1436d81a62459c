//! One sheet, cell by cell.

use super::book::{Book, is_begin};
use super::records::{Records, id};
use super::strings::{Strings, short_string};
use crate::containers::compound::{u16_at, u32_at, u64_at};
use crate::formats::xlsx::{Rows, number};
use crate::{Error, TextSink};
use std::io::{Read, Seek};

/// Gives the rows of a sheet to the sink. Begins at the record that begins the sheet.
pub fn read_sheet<R: Read + Seek>(records: &mut Records<R>, book: &Book, sink: &mut TextSink) -> Result<(), Error> {
    if !records.next()?.is_some_and(is_begin) {
        return Ok(());
    }
    let mut sheet = Sheet { book, rows: Rows::default(), row: 0, waiting: None };
    // Charts are streams of their own inside of a sheet.
    let mut inside = 0;
    while let Some(kind) = records.next()? {
        match kind {
            kind if is_begin(kind) => inside += 1,
            id::EOF if inside == 0 => break,
            id::EOF => inside -= 1,
            // A long text goes on in the next records.
            id::STRING if inside == 0 && book.encoding.is_none() => {
                let text = Strings::new(records, 0).next()?.unwrap_or_default();
                sheet.formula_text(&text, sink);
            }
            kind if inside == 0 => sheet.take(kind, &records.data, sink),
            _ => {}
        }
        if sink.is_full() {
            break;
        }
    }
    sheet.rows.finish(sink);
    Ok(())
}

struct Sheet<'b> {
    book: &'b Book,
    rows: Rows,
    row: u16,
    /// Row and column of a formula whose text comes in the next record.
    waiting: Option<(u16, u16)>,
}

impl Sheet<'_> {
    fn take(&mut self, kind: u16, data: &[u8], sink: &mut TextSink) {
        let number_at = |at| u16_at(data, at);
        let (Some(row), Some(column)) = (number_at(0), number_at(2)) else { return };
        if self.book.is_first {
            return self.take_first(kind, row, column, data, sink);
        }
        let rest = data.get(6..).unwrap_or_default();
        let style = number_at(4).unwrap_or(0);
        match kind {
            id::LABEL_SST => {
                let string = u32_at(rest, 0).and_then(|at| self.book.strings.get(at as usize));
                let string = string.map(|string| string.to_string()).unwrap_or_default();
                self.put(row, column, &string, sink);
            }
            id::NUMBER => self.put_number(row, column, style, f64::from_bits(u64_at(rest, 0).unwrap_or(0)), sink),
            id::RK => self.put_number(row, column, style, rk_number(u32_at(rest, 0).unwrap_or(0)), sink),
            id::MUL_RK => {
                // Columns past the last that a number can say are none.
                for (at, cell) in (column..=u16::MAX).zip(data.get(4..).unwrap_or_default().chunks_exact(6)) {
                    let (style, value) = (u16_at(cell, 0).unwrap_or(0), rk_number(u32_at(cell, 2).unwrap_or(0)));
                    self.put_number(row, at, style, value, sink);
                }
            }
            id::LABEL | id::RICH_STRING => self.put(row, column, &short_string(rest, 2, self.book.encoding), sink),
            id::BOOL_ERR => {
                if let [value, is_error, ..] = rest {
                    self.put(row, column, bool_or_error(*value, *is_error == 1), sink);
                }
            }
            id::FORMULA | id::OLD_FORMULA | id::OLDER_FORMULA => self.formula(row, column, style, rest, sink),
            id::STRING => self.formula_text(&short_string(data, 2, self.book.encoding), sink),
            _ => {}
        }
    }

    /// Cells of Excel 2: three bytes say how they look, among them the number of a format.
    fn take_first(&mut self, kind: u16, row: u16, column: u16, data: &[u8], sink: &mut TextSink) {
        let format = u16::from(data.get(5).copied().unwrap_or(0) & 0x3f);
        let rest = data.get(7..).unwrap_or_default();
        match kind {
            id::FIRST_INTEGER => {
                self.put_number(row, column, format, u16_at(rest, 0).unwrap_or(0).into(), sink);
            }
            id::FIRST_NUMBER => {
                self.put_number(row, column, format, f64::from_bits(u64_at(rest, 0).unwrap_or(0)), sink);
            }
            id::FIRST_LABEL => self.put(row, column, &short_string(rest, 1, self.book.encoding), sink),
            id::FIRST_BOOL_ERR => {
                if let [value, is_error, ..] = rest {
                    self.put(row, column, bool_or_error(*value, *is_error == 1), sink);
                }
            }
            id::FORMULA => self.formula(row, column, format, rest, sink),
            id::OLD_STRING => self.formula_text(&short_string(data, 1, self.book.encoding), sink),
            _ => {}
        }
    }

    /// The text that the formula before came to.
    fn formula_text(&mut self, text: &str, sink: &mut TextSink) {
        if let Some((row, column)) = self.waiting.take() {
            self.put(row, column, text, sink);
        }
    }

    /// What a formula came to when the file was saved.
    fn formula(&mut self, row: u16, column: u16, style: u16, result: &[u8], sink: &mut TextSink) {
        self.waiting = None;
        match result {
            [0, _, _, _, _, _, 0xff, 0xff, ..] => self.waiting = Some((row, column)),
            [1, _, value, _, _, _, 0xff, 0xff, ..] => self.put(row, column, bool_or_error(*value, false), sink),
            [2, _, value, _, _, _, 0xff, 0xff, ..] => self.put(row, column, bool_or_error(*value, true), sink),
            [_, _, _, _, _, _, 0xff, 0xff, ..] => {}
            _ => self.put_number(row, column, style, f64::from_bits(u64_at(result, 0).unwrap_or(0)), sink),
        }
    }

    fn put_number(&mut self, row: u16, column: u16, style: u16, value: f64, sink: &mut TextSink) {
        let text = number(&value.to_string(), self.book.formats.of_style(style.into()), self.book.is_1904);
        self.put(row, column, &text, sink);
    }

    fn put(&mut self, row: u16, column: u16, text: &str, sink: &mut TextSink) {
        if row != self.row {
            self.rows.end_row(sink);
            self.row = row;
        }
        self.rows.cell(column.into(), text);
    }
}

/// An RK number of [MS-XLS], in 30 bits: a whole one or the upper half of a fraction, and perhaps a hundredth of it.
pub fn rk_number(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// A truth or an error, as the sheet shows it.
pub fn bool_or_error(value: u8, is_error: bool) -> &'static str {
    match (is_error, value) {
        (false, 0) => "FALSE",
        (false, _) => "TRUE",
        (true, 0x00) => "#NULL!",
        (true, 0x07) => "#DIV/0!",
        (true, 0x0f) => "#VALUE!",
        (true, 0x17) => "#REF!",
        (true, 0x1d) => "#NAME?",
        (true, 0x24) => "#NUM!",
        (true, _) => "#N/A",
    }
}
