//! OpenDocument: what its styles and lists mean, and its text.

mod body;
mod headers_footers;
mod lists;
mod reader;
mod styles;
mod table;

pub use reader::{ODP, ODS, ODT};
