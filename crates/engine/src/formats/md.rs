//! Markdown: passed through.

use crate::text::pass_through;
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "md",
    mime: "text/markdown",
    extensions: &["md", "markdown", "mdx"],
    detect: |head| head.text.is_some() && head.is_named(FORMAT.extensions),
    reader: Reader::Document(|input, job, sink| pass_through(input, job, sink).map(drop)),
};
