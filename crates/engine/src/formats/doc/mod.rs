//! Word documents before 2007 ([MS-DOC]): where the text is, how it is formatted, what it
//! becomes.

mod fib;
mod lists;
mod loose;
mod old;
mod pieces;
mod reader;
mod runs;
mod sprm;
mod styles;
mod walker;

pub use fib::{FIB_BYTES, Fib, Part, Table};
pub use lists::read_lists;
pub use loose::{is_loose, read_loose};
pub use old::read_old;
pub use pieces::Pieces;
pub use reader::FORMAT;
pub use runs::read_formatting;
pub use styles::Styles;
pub use walker::{Notes, PartContext, Walker};

use crate::containers::compound::u32_at;

/// The character positions of a table that begins with them: one more than it has entries of that size.
pub fn positions(table: &[u8], entry_bytes: usize) -> Vec<u32> {
    let count = table.len().saturating_sub(4) / (4 + entry_bytes);
    (0..=count).filter_map(|index| u32_at(table, index * 4)).collect()
}
