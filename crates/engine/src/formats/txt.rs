//! Plain text in any encoding: passed through.

use crate::text::pass_through;
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "txt",
    mime: "text/plain",
    extensions: &["txt", "log", "text"],
    detect: |head| head.text.is_some(),
    reader: Reader::Document(|input, job, sink| pass_through(input, job, sink).map(drop)),
};
