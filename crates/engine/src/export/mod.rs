//! What readers made, as a file of another format.

mod docx;
mod png;

pub use docx::{Properties, write_docx};
pub use png::write_page;
