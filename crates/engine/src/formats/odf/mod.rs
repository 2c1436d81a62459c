//! The parts of the OpenDocument reader: what its styles and lists mean, and its text.

mod body;
mod headers_footers;
mod lists;
mod odp;
mod ods;
mod odt;
mod reader;
mod styles;
mod table;

pub use odp::FORMAT as ODP;
pub use ods::FORMAT as ODS;
pub use odt::FORMAT as ODT;
pub use reader::{Pages, read_odf};
