//! Binary spreadsheets since 2007 ([MS-XLSB]): records, the workbook, its sheets.

mod book;
mod reader;
mod records;
mod sheet;

pub use book::{read_formats, read_sheet_list, read_strings};
pub use reader::FORMAT;
pub use records::Records;
pub use sheet::read_sheet;
