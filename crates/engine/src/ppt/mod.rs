//! The parts of the reader of presentations before 2007 ([MS-PPT]): records, and where the slides are.

mod deck;
mod records;

pub use deck::{Deck, Kind};
