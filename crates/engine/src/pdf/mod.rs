//! The parts of the PDF reader: glyphs as they are drawn, lines made of them, their order, and paragraphs.

mod annotations;
mod bidi;
mod glyphs;
mod lines;
mod order;
mod page;
mod paragraphs;
mod strings;

pub use annotations::annotation_texts;
pub use lines::segments;
pub use order::ordered_lines;
pub use page::read_page;
pub use paragraphs::{Sizes, write_page};
pub use strings::document_text;
