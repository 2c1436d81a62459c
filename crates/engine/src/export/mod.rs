//! A text as a file of another format.

mod blocks;
mod docx;
mod package;
mod tables;

pub use docx::write_docx;
