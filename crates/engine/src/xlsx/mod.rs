//! The parts of the spreadsheet reader: strings, number formats, dates, rows.

mod dates;
mod formats;
mod sheet;
mod strings;

pub use formats::Formats;
pub use sheet::Sheet;
pub use strings::read_strings;
