//! OpenDocument: what its styles and lists mean, and its text.

mod body;
mod flat;
mod headers_footers;
mod lists;
mod reader;
mod styles;
mod table;

pub use flat::FLAT;
pub use reader::{ODP, ODS, ODT};
