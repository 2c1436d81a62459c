//! TOML: passed through, as code in Markdown.

use crate::text::read_code;
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "toml",
    mime: "application/toml",
    extensions: &["toml"],
    detect: |head| head.text.is_some() && head.is_named(FORMAT.extensions),
    reader: Reader::Document(|input, job, sink| read_code(input, job, sink, "toml")),
};
