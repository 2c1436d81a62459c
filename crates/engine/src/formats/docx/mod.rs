//! The parts of the Word reader: what its styles and lists mean, and its text.

mod body;
mod lists;
mod paragraph;
mod reader;
mod styles;
mod tables;

pub use body::{PartContext, link_of_field, read_part};
pub use lists::{Level, Lists};
pub use reader::FORMAT;
pub use styles::Styles;
