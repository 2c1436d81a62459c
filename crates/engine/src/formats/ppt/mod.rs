//! Presentations before 2007 ([MS-PPT]): records, where the slides are, what was put on them.

mod deck;
mod objects;
mod reader;
mod records;

pub use deck::{Deck, Kind};
pub use objects::read_embedded;
pub use reader::FORMAT;
