//! Rich Text Format: paragraphs, headings, lists, tables and links, out of control words.

use super::read_rtf;
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "rtf",
    mime: "application/rtf",
    extensions: &["rtf"],
    detect: |head| head.starts_with(b"{\\rtf"),
    reader: Reader::Document(|mut input, job, sink| read_rtf(&mut input, job, sink)),
};
