//! A Markdown table while it grows. Its first row says how many columns are shown, and in sheets and reports the first
//! row is often a lone title: so the first rows are held until it is known how wide the table is.

use super::table_row;

/// Rows and bytes that are held.
const MAX_ROWS: usize = 100;
const MAX_BYTES: usize = 256 << 10;

/// The open table.
#[derive(Default)]
pub struct Table {
    held: Vec<Vec<String>>,
    bytes: usize,
    /// The header is written.
    has_header: bool,
}

impl Table {
    /// Takes the next row. True when what is held should be written now.
    pub fn push(&mut self, cells: &[impl AsRef<str>]) -> bool {
        self.bytes += cells.iter().map(|cell| cell.as_ref().len() + 24).sum::<usize>();
        self.held.push(cells.iter().map(|cell| cell.as_ref().to_owned()).collect());
        self.has_header || self.held.len() >= MAX_ROWS || self.bytes >= MAX_BYTES
    }

    /// The rows that are held, as Markdown.
    pub fn take(&mut self) -> Option<String> {
        if self.held.is_empty() {
            return None;
        }
        let widest = self.held.iter().map(Vec::len).max().unwrap_or(0);
        let is_first = !std::mem::replace(&mut self.has_header, true);
        let mut text = String::new();
        for (index, row) in std::mem::take(&mut self.held).iter_mut().enumerate() {
            if is_first && index == 0 {
                row.resize(widest, String::new());
            }
            table_row(&mut text, row, is_first && index == 0);
        }
        self.bytes = 0;
        Some(text)
    }

    /// What comes next is another table.
    pub fn end(&mut self) {
        self.has_header = false;
    }
}
