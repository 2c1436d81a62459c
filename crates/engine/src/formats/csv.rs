//! Comma-separated values, with whatever separates them: the text as it is, and a Markdown table of its start.

use crate::formats::{Format, Reader};
use crate::text::{Decoder, table_row};
use crate::{Error, ReadContext, Source, TextSink};
use std::io::Read;

pub const FORMAT: Format = Format {
    name: "csv",
    mime: "text/csv",
    extensions: &["csv"],
    is_text: true,
    archive: None,
    detect: |head| head.text.is_some() && head.is_named(&["csv"]),
    reader: Reader::Document(read),
};

/// Separators that are tried, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The part of the text that the separator is guessed from and the table is made of.
const START_BYTES: u64 = 256 << 10;
/// Rows and columns of the table, and characters of a cell.
const MAX_ROWS: usize = 200;
const MAX_COLUMNS: usize = 60;
const MAX_CELL: usize = 400;

/// Reads a table with the separator that its start suggests.
fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    read_table(input, context, sink, None)
}

/// Reads a table. The whole text goes through; only its start is looked at as a table.
pub fn read_table(
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
    separator: Option<u8>,
) -> Result<(), Error> {
    let mut text = Decoder::open(input)?;
    let mut start = vec![];
    (&mut text).take(START_BYTES).read_to_end(&mut start)?;
    let is_whole = (start.len() as u64) < START_BYTES;
    // `take` may have stopped inside of a character; the rest of it is still in the decoder.
    let mut tail = [0; 1];
    while std::str::from_utf8(&start).is_err_and(|error| error.error_len().is_none()) && text.read(&mut tail)? > 0 {
        start.push(tail[0]);
    }
    let start = String::from_utf8_lossy(&start);
    let separator = separator.unwrap_or_else(|| guess_separator(&start));
    sink.stream_markdown(&preview(&start, separator, is_whole));
    sink.stream_plain(&start);
    let mut chunks = 0;
    loop {
        if sink.is_full() {
            break;
        }
        let Some(chunk) = text.rest_of_chunk()? else { break };
        sink.stream_plain(chunk);
        chunks += 1;
        context.progress("text", chunks, 0);
    }
    text.note(context);
    Ok(())
}

/// The separator that cuts the first rows into the same number of fields, and into most of them.
fn guess_separator(start: &str) -> u8 {
    if let Some(named) = start.lines().next().and_then(|line| line.strip_prefix("sep=")) {
        return named.bytes().next().filter(u8::is_ascii).unwrap_or(b',');
    }
    let score = |separator: u8| {
        let rows = rows(start, separator, 50);
        let widths: Vec<usize> = rows.iter().map(Vec::len).filter(|width| *width > 1).collect();
        let commonest = widths.iter().max_by_key(|width| widths.iter().filter(|other| other == width).count());
        let Some(&commonest) = commonest else { return (0, 0) };
        let alike = widths.iter().filter(|width| **width == commonest).count();
        (alike * 100 / rows.len().max(1), commonest)
    };
    // Of equals, `max_by_key` gives the last.
    SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(b',')
}

fn rows(start: &str, separator: u8, max: usize) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(separator).has_headers(false).flexible(true).from_reader(start.as_bytes());
    let fields = |record: csv::StringRecord| {
        record.iter().take(MAX_COLUMNS).map(|field| field.trim().chars().take(MAX_CELL).collect()).collect()
    };
    reader.into_records().flatten().take(max).map(fields).collect()
}

fn preview(start: &str, separator: u8, is_whole: bool) -> String {
    let start = if start.starts_with("sep=") { start.split_once('\n').map_or("", |(_, rest)| rest) } else { start };
    // A row that the end of the start cuts is not one.
    let complete = if is_whole { start } else { start.rsplit_once('\n').map_or(start, |(rows, _)| rows) };
    let mut rows = rows(complete, separator, MAX_ROWS + 1);
    let is_cut = rows.len() > MAX_ROWS || !is_whole;
    rows.truncate(MAX_ROWS);
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for (index, mut row) in rows.into_iter().enumerate() {
        row.resize(width, String::new());
        table_row(&mut text, &row, index == 0);
    }
    if is_cut {
        text.push_str("\nThe table goes on; the plain text has all of it.\n");
    }
    text
}
