//! The parts of the presentation reader: a slide's text, and what stands before its paragraphs.

mod marks;
mod reader;
mod slide;

pub use marks::Inherited;
pub use reader::FORMAT;
pub use slide::{Shapes, SlideContext, read_slide};
