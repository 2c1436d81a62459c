//! HTML as a stream of tags and text. Nothing is built, so nothing can be nested too deeply.

mod style;
mod table;
mod tokens;
mod writer;

pub use writer::{looks_like_html, read_html, read_html_text};
