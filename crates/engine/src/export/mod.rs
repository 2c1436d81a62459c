//! What readers made, as a file of another format.

mod docx;
mod pdf;
mod png;

pub use docx::{Properties, write_docx};
pub use pdf::write_pdf;
pub use png::write_page;
