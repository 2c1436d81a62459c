//! A table of a document that marks where cells and rows end, and not where they begin.

use super::{Inline, TextSink};

/// The table that is open. Rows go out as they end.
#[derive(Default)]
pub struct TableBuilder {
    rows: usize,
    cells: Vec<Inline>,
    /// The paragraphs of the cell that is open.
    cell: Inline,
}

impl TableBuilder {
    /// True in the row that becomes the header.
    pub fn in_header(&self) -> bool {
        self.rows == 0
    }

    /// True when there is something that no row has written yet.
    pub fn is_in_row(&self) -> bool {
        !self.cells.is_empty() || !self.cell.is_blank()
    }

    /// Adds a paragraph to the open cell.
    pub fn add_paragraph(&mut self, text: &Inline) {
        if !text.is_blank() {
            self.cell.push_line(None, text);
        }
    }

    /// The open cell ends.
    pub fn end_cell(&mut self) {
        self.cells.push(std::mem::take(&mut self.cell));
    }

    /// The open row ends. One without any text is left out.
    pub fn end_row(&mut self, sink: &mut TextSink) {
        let cells = std::mem::take(&mut self.cells);
        if cells.iter().any(|cell| !cell.is_blank()) {
            sink.row(&cells, self.rows == 0);
            self.rows += 1;
        }
    }

    /// The table ends, and with it what is open of it.
    pub fn end(&mut self, sink: &mut TextSink) {
        if !self.cell.is_blank() {
            self.end_cell();
        }
        self.end_row(sink);
        if std::mem::take(&mut self.rows) > 0 {
            sink.end_table();
        }
    }
}
