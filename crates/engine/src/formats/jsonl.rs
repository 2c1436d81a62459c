//! JSON values, one on each line: passed through line by line.

use crate::text::read_code;
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "jsonl",
    mime: "application/jsonl",
    extensions: &["jsonl", "ndjson"],
    detect: |head| head.text.is_some() && head.is_named(&["jsonl", "ndjson"]),
    reader: Reader::Document(|input, job, sink| read_code(input, job, sink, "json")),
};
