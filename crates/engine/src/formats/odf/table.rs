//! A table or a sheet, row by row.

use crate::TextSink;
use crate::markup::xml::Tag;
use crate::text::Inline;

/// Columns that a row may repeat; sheets are formatted to their last column and mean nothing by it.
const MAX_COLUMNS: usize = 64;
/// Equal rows that stand for each other.
const MAX_ROWS: usize = 1000;

/// The outermost table that is open. Those inside of it are lines of its cells.
#[derive(Default)]
pub struct Table {
    depth: usize,
    rows: usize,
    cells: Vec<Inline>,
    /// How often the open cell and the open row stand there.
    repeats: usize,
    row_repeats: usize,
}

impl Table {
    pub fn open() -> Self {
        Self { depth: 1, ..Self::default() }
    }

    /// A table begins inside of this one.
    pub fn start_inner(&mut self) {
        self.depth += 1;
    }

    /// A table ends. True when it is this one.
    pub fn end(&mut self, sink: &mut TextSink) -> bool {
        self.depth -= 1;
        if self.depth == 0 && self.rows > 0 {
            sink.end_table();
        }
        self.depth == 0
    }

    /// The cell that is open.
    pub fn cell(&mut self) -> Option<&mut Inline> {
        self.cells.last_mut()
    }

    /// True in the row that becomes the header.
    pub fn is_header(&self) -> bool {
        self.rows == 0
    }

    pub fn start_row(&mut self, tag: &Tag<'_>) {
        if self.depth == 1 {
            self.cells.clear();
            self.row_repeats = repeats(tag, "number-rows-repeated", MAX_ROWS);
        }
    }

    pub fn start_cell(&mut self, tag: &Tag<'_>) {
        if self.depth == 1 {
            self.repeats = repeats(tag, "number-columns-repeated", MAX_COLUMNS);
            self.cells.push(Inline::default());
        }
    }

    pub fn end_cell(&mut self) {
        if self.depth == 1
            && let Some(cell) = self.cells.last().cloned()
        {
            self.cells.extend(std::iter::repeat_n(cell, std::mem::take(&mut self.repeats).saturating_sub(1)));
        }
    }

    /// Writes the row, unless it is empty.
    pub fn end_row(&mut self, sink: &mut TextSink) {
        if self.depth != 1 {
            return;
        }
        let used = self.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last + 1);
        if used > 0 {
            for _ in 0..self.row_repeats {
                sink.row(&self.cells[..used], self.rows == 0);
                self.rows += 1;
                if sink.is_full() {
                    break;
                }
            }
        }
        self.cells.clear();
    }
}

fn repeats(tag: &Tag<'_>, name: &str, max: usize) -> usize {
    tag.attribute(name).and_then(|times| times.parse::<usize>().ok()).unwrap_or(1).clamp(1, max)
}
