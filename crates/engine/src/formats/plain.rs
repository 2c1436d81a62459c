//! Text formats that take one row: passed through as they are, in Markdown as code of their language.

use super::csv::read_table;
use super::{Format, Reader};
use crate::text::{pass_through, read_code};

/// Alphabetical. All of these go by their name, but for `txt`, which is every text that nothing else detects.
pub static FORMATS: &[Format] = &[
    Format {
        name: "jsonl",
        mime: "application/jsonl",
        extensions: &["jsonl", "ndjson"],
        is_text: true,
        archive: None,
        detect: |head| head.text.is_some() && head.is_named(&["jsonl", "ndjson"]),
        reader: Reader::Document(|input, context, sink| read_code(input, context, sink, "json")),
    },
    Format {
        name: "md",
        mime: "text/markdown",
        extensions: &["md", "markdown", "mdx"],
        is_text: true,
        archive: None,
        detect: |head| head.text.is_some() && head.is_named(&["md", "markdown", "mdx"]),
        reader: Reader::Document(|input, context, sink| pass_through(input, context, sink).map(drop)),
    },
    Format {
        name: "toml",
        mime: "application/toml",
        extensions: &["toml"],
        is_text: true,
        archive: None,
        detect: |head| head.text.is_some() && head.is_named(&["toml"]),
        reader: Reader::Document(|input, context, sink| read_code(input, context, sink, "toml")),
    },
    Format {
        name: "tsv",
        mime: "text/tab-separated-values",
        extensions: &["tsv", "tab"],
        is_text: true,
        archive: None,
        detect: |head| head.text.is_some() && head.is_named(&["tsv", "tab"]),
        reader: Reader::Document(|input, context, sink| read_table(input, context, sink, Some(b'\t'))),
    },
    Format {
        name: "txt",
        mime: "text/plain",
        extensions: &["txt", "log", "text"],
        is_text: true,
        archive: None,
        detect: |head| head.text.is_some(),
        reader: Reader::Document(|input, context, sink| pass_through(input, context, sink).map(drop)),
    },
    Format {
        name: "yaml",
        mime: "application/yaml",
        extensions: &["yaml", "yml"],
        is_text: true,
        archive: None,
        detect: |head| head.text.is_some() && head.is_named(&["yaml", "yml"]),
        reader: Reader::Document(|input, context, sink| read_code(input, context, sink, "yaml")),
    },
];
