//! Rich text: control words, and the blocks that they make.

mod parser;
mod reader;
mod words;
mod writer;

pub use parser::read_rtf;
pub use reader::FORMAT;
