//! The parts of the presentation reader: a slide's text, and what stands before its paragraphs.

mod marks;
mod slide;

pub use marks::Inherited;
pub use slide::{Around, Shapes, read_slide};
