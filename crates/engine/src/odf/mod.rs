//! The parts of the OpenDocument reader: what its styles and lists mean, and its text.

mod around;
mod body;
mod lists;
mod read;
mod styles;
mod table;

pub use read::{Pages, read_odf};
