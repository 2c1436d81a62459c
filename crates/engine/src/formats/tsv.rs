//! Values separated by tabs.

use super::csv::read_table;
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "tsv",
    mime: "text/tab-separated-values",
    extensions: &["tsv", "tab"],
    detect: |head| head.text.is_some() && head.is_named(&["tsv", "tab"]),
    reader: Reader::Document(|input, job, sink| read_table(input, job, sink, Some(b'\t'))),
};
