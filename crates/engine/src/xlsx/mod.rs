//! The parts of the spreadsheet reader: strings, number formats, dates, rows.

mod codes;
mod dates;
mod formats;
mod rows;
mod sheet;
mod strings;
mod units;

pub use dates::number;
pub use formats::{Formats, Shown, built_in, shown_by};
pub use rows::Rows;
pub use sheet::Sheet;
pub use strings::read_strings;
