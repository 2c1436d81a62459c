//! A Word document of a text.

mod blocks;
mod package;
mod properties;
mod tables;
mod text;
mod writer;

pub use properties::Properties;
pub use writer::write_docx;
