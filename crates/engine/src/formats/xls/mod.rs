//! Binary spreadsheets before 2007 ([MS-XLS]): records, strings, the workbook, its sheets.

mod book;
mod loose;
mod reader;
mod records;
mod sheet;
mod strings;

pub use book::Book;
pub use loose::{is_loose, read_loose};
pub use reader::FORMAT;
pub use records::Records;
pub use sheet::{bool_or_error, read_sheet, rk_number};
