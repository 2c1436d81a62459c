//! A Word document of a text.

mod about;
mod blocks;
mod package;
mod tables;
mod text;
mod writer;

pub use about::About;
pub use writer::write_docx;
