//! Word documents: what their styles and lists mean, their tables, and their text.

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
