//! One sheet, row by row.

use super::dates::number;
use super::number_formats::NumberFormats;
use super::rows::Rows;
use crate::markup::xml::{Node, Tag, Xml};
use crate::{Error, TextSink};

/// Reads rows.
pub struct Sheet<'s> {
    strings: &'s [Box<str>],
    formats: &'s NumberFormats,
    is_1904: bool,
    rows: Rows,
    /// Where the open cell stands, and the one that comes after it when no other place is named.
    column: usize,
    next_column: usize,
    /// Of the open cell: its type, its style, its text.
    kind: String,
    style: usize,
    value: String,
    in_value: bool,
    in_reading: bool,
}

impl<'s> Sheet<'s> {
    pub fn new(strings: &'s [Box<str>], formats: &'s NumberFormats, is_1904: bool) -> Self {
        Self {
            strings,
            formats,
            is_1904,
            rows: Rows::default(),
            column: 0,
            next_column: 0,
            kind: String::new(),
            style: 0,
            value: String::new(),
            in_value: false,
            in_reading: false,
        }
    }

    /// Gives the rows of a sheet to the sink.
    pub fn read(mut self, mut xml: Xml<'_>, sink: &mut TextSink) -> Result<(), Error> {
        while let Some(()) = xml.next(|node| self.take(node, sink))? {
            if sink.is_full() {
                break;
            }
        }
        self.rows.finish(sink);
        Ok(())
    }

    fn take(&mut self, node: Node<'_>, sink: &mut TextSink) {
        match node {
            Node::Start(tag) => match tag.name() {
                "row" => self.next_column = 0,
                "c" => self.start_cell(&tag),
                "v" | "t" => self.in_value = true,
                "rPh" => self.in_reading = true,
                "oddHeader" | "oddFooter" => self.value.clear(),
                _ => {}
            },
            Node::Text(text) if self.in_value && !self.in_reading => self.value.push_str(text),
            Node::Text(_) => {}
            Node::End("v" | "t") => self.in_value = false,
            Node::End("rPh") => self.in_reading = false,
            Node::End("c") => self.end_cell(),
            Node::End("row") => self.rows.end_row(sink),
            Node::End(_) => {}
        }
    }

    fn start_cell(&mut self, tag: &Tag<'_>) {
        self.value.clear();
        self.kind = tag.attribute("t").unwrap_or_default();
        self.style = tag.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
        self.column = tag.attribute("r").and_then(|reference| column_of(&reference)).unwrap_or(self.next_column);
        self.next_column = self.column + 1;
    }

    fn end_cell(&mut self) {
        let value = self.value.trim_end_matches('\r');
        let text = match self.kind.as_str() {
            "s" => {
                let string = value.trim().parse::<usize>().ok().and_then(|index| self.strings.get(index));
                string.map(|string| string.to_string()).unwrap_or_default()
            }
            "b" => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "str" | "inlineStr" | "e" | "d" => value.to_owned(),
            _ => number(value.trim(), self.formats.of_style(self.style), self.is_1904),
        };
        self.rows.cell(self.column, &text);
    }
}

/// The column of a place like `AB12`, from 0.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters
        .take(4)
        .fold(0usize, |column, letter| column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    column.checked_sub(1)
}
