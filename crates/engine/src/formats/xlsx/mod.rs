//! Spreadsheets since 2007: strings, number formats, dates, rows.

mod codes;
mod dates;
mod number_formats;
mod reader;
mod rows;
mod sheet;
mod sheets;
mod strings;
mod units;

pub use dates::number;
pub use number_formats::{NumberFormat, NumberFormats, built_in, number_format};
pub use reader::FORMAT;
pub use rows::Rows;
pub use sheet::Sheet;
pub use sheets::read_sheets;
pub use strings::read_strings;
