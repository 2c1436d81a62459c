//! Presentations since 2007: a slide's text, and what stands before its paragraphs.

mod bullets;
mod reader;
mod slide;

pub use bullets::Inherited;
pub use reader::FORMAT;
pub use slide::{Shapes, SlideContext, read_slide};
