//! The rows of a sheet as its cells come by. They are never put into a grid.

use crate::TextSink;
use crate::text::Inline;

/// Empty cells that are kept between two full ones, so that columns stay below each other. A wider gap is a lone
/// cell far away.
const WIDEST_GAP: usize = 64;

/// Collects the cells of one row.
#[derive(Default)]
pub struct Rows {
    cells: Vec<Inline>,
    /// Cells that were left out of this row, in gaps.
    left_out: usize,
    written: usize,
}

impl Rows {
    /// The next cell of the row, at that column.
    pub fn cell(&mut self, column: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        let gap = column.saturating_sub(self.cells.len() + self.left_out);
        let kept = gap.min(WIDEST_GAP);
        self.left_out += gap - kept;
        self.cells.extend(std::iter::repeat_n(Inline::default(), kept));
        let mut cell = Inline::default();
        cell.push(text);
        self.cells.push(cell);
    }

    /// Writes the row, unless it is empty.
    pub fn end_row(&mut self, sink: &mut TextSink) {
        let used = self.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last + 1);
        if used > 0 {
            sink.row(&self.cells[..used], self.written == 0);
            self.written += 1;
        }
        self.cells.clear();
        self.left_out = 0;
    }

    /// Writes the last row and ends the table.
    pub fn finish(&mut self, sink: &mut TextSink) {
        self.end_row(sink);
        if std::mem::take(&mut self.written) > 0 {
            sink.end_table();
        }
    }
}
