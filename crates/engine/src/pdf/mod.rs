//! The parts of the PDF reader: glyphs as they are drawn, lines made of them, their order, and paragraphs.

mod bidi;
mod glyphs;
mod lines;
mod order;
mod page;
mod paragraphs;

pub use lines::segments;
pub use order::ordered_lines;
pub use page::read_page;
pub use paragraphs::{Sizes, write_page};
