//! A text as a file of another format.

mod about;
mod blocks;
mod docx;
mod package;
mod page;
mod tables;

pub use about::About;
pub use docx::write_docx;
pub use page::write_page;
