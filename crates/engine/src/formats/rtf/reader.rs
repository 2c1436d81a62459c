//! Rich Text Format: paragraphs, headings, lists, tables and links, out of control words.

use super::read_rtf;
use crate::formats::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "rtf",
    mime: "application/rtf",
    extensions: &["rtf"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"{\\rtf"),
    reader: Reader::Document(|mut input, context, sink| read_rtf(&mut input, context, sink)),
};
