//! A table of a page while its rows come by, with cells over several columns and rows.

use super::tokens::Tag;
use crate::text::Inline;

/// Columns that a cell may span, and that cells above may reach into.
const MAX_COLUMNS: usize = 64;

#[derive(Default)]
pub struct Table {
    /// Rows that were written.
    pub rows: usize,
    cells: Vec<Inline>,
    /// Columns that the open cell spans, less one.
    gap: usize,
    /// For each column, rows that a cell above still reaches into.
    below: Vec<u32>,
}

impl Table {
    /// The cell that is open.
    pub fn cell(&mut self) -> Option<&mut Inline> {
        self.cells.last_mut()
    }

    /// A cell begins. Where others reach, empty ones stand, so that columns stay below each other.
    pub fn start_cell(&mut self, tag: &Tag) {
        let gap = std::mem::take(&mut self.gap);
        self.cells.extend(std::iter::repeat_n(Inline::default(), gap));
        while self.below.get(self.cells.len()).is_some_and(|rows| *rows > 0) {
            self.cells.push(Inline::default());
        }
        let span = |name| tag.attribute(name).and_then(|span| span.trim().parse::<u32>().ok()).unwrap_or(1).max(1);
        let (columns, rows) = ((span("colspan") as usize).min(MAX_COLUMNS), span("rowspan"));
        let column = self.cells.len();
        let end = (column + columns).min(MAX_COLUMNS);
        if rows > 1 && column < end {
            self.below.resize(self.below.len().max(end), 0);
            self.below[column..end].fill(rows);
        }
        self.gap = columns - 1;
        self.cells.push(Inline::default());
    }

    /// The cells of the row that ends.
    pub fn take_row(&mut self) -> Vec<Inline> {
        self.gap = 0;
        if !self.cells.is_empty() {
            self.below.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        }
        std::mem::take(&mut self.cells)
    }
}
