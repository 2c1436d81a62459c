//! The parts of the reader of binary spreadsheets since 2007: records, the workbook, its sheets ([MS-XLSB]).

mod book;
mod reader;
mod records;
mod sheet;

pub use book::{read_formats, read_sheet_list, read_strings};
pub use reader::FORMAT;
pub use records::Records;
pub use sheet::read_sheet;
