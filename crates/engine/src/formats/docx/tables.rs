//! The tables of a part while their rows stream by. Those inside of a cell become lines of that cell.

use crate::TextSink;
use crate::text::Inline;

/// Columns that cells may span; Word has 63.
const MAX_COLUMNS: usize = 64;

/// The tables that are open, outermost first.
#[derive(Default)]
pub struct Tables(Vec<Table>);

#[derive(Default)]
struct Table {
    rows: usize,
    /// Columns that the open cell spans, or 0.
    span: usize,
    cells: Vec<Inline>,
    /// Rows of a table inside of a cell, as text.
    nested: Inline,
}

impl Tables {
    /// The cell that is open.
    pub fn cell(&mut self) -> Option<&mut Inline> {
        self.0.last_mut()?.cells.last_mut()
    }

    /// True in the row that becomes the header.
    pub fn in_header(&self) -> bool {
        self.0.last().is_some_and(|table| table.rows == 0)
    }

    /// A table begins.
    pub fn start(&mut self) {
        self.0.push(Table::default());
    }

    /// A cell begins.
    pub fn start_cell(&mut self) {
        if let Some(table) = self.0.last_mut() {
            table.cells.push(Inline::default());
        }
    }

    /// The open cell is so many columns wide.
    pub fn span(&mut self, columns: usize) {
        if let Some(table) = self.0.last_mut() {
            table.span = columns.clamp(1, MAX_COLUMNS);
        }
    }

    /// The open row begins after so many columns. It is said once of a row, before its cells.
    pub fn leave_out(&mut self, columns: usize) {
        if let Some(table) = self.0.last_mut().filter(|table| table.cells.is_empty()) {
            table.cells.resize(columns.min(MAX_COLUMNS), Inline::default());
        }
    }

    /// A cell over several columns is followed by empty ones, so that columns stay below each other.
    pub fn end_cell(&mut self) {
        let Some(table) = self.0.last_mut() else { return };
        let more = std::mem::take(&mut table.span).saturating_sub(1);
        if table.cells.len() + more <= MAX_COLUMNS {
            table.cells.extend(std::iter::repeat_n(Inline::default(), more));
        }
    }

    /// Rows go out as they end; those of a table in a cell become lines of that cell.
    pub fn end_row(&mut self, sink: &mut TextSink) {
        let is_nested = self.0.len() > 1;
        let Some(table) = self.0.last_mut() else { return };
        let cells = std::mem::take(&mut table.cells);
        if cells.iter().all(Inline::is_blank) {
            return;
        }
        if is_nested {
            for (index, cell) in cells.iter().enumerate() {
                table.nested.push(match index {
                    0 if table.rows == 0 => "",
                    0 => "\n",
                    _ => " | ",
                });
                table.nested.append(cell);
            }
        } else {
            sink.row(&cells, table.rows == 0);
        }
        table.rows += 1;
    }

    /// The innermost table ends.
    pub fn end(&mut self, sink: &mut TextSink) {
        let Some(table) = self.0.pop() else { return };
        match self.cell() {
            Some(cell) => {
                if !cell.is_blank() {
                    cell.push("\n");
                }
                cell.append(&table.nested);
            }
            None if table.rows > 0 => sink.end_table(),
            None => {}
        }
    }
}
