//! Workbooks of Excel 2003 in XML: every sheet a page, its rows as they stream by.

use super::{is_workbook, outermost};
use crate::formats::xlsx::{NumberFormat, Rows, number, number_format};
use crate::formats::{Format, Reader};
use crate::markup::xml::{Node, Tag, Xml};
use crate::text::Inline;
use crate::{Error, ReadContext, Source, TextSink};
use std::collections::HashMap;

pub const FORMAT: Format = Format {
    name: "excel-xml",
    mime: "application/xml",
    extensions: &[],
    is_text: true,
    archive: None,
    detect: |head| outermost(head).is_some_and(|element| is_workbook(&element)),
    reader: Reader::Document(read),
};

/// Styles of a workbook: more than any program makes.
const MAX_STYLES: usize = 100_000;

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut xml = Xml::new(input, context.limits)?;
    let mut book = Book::default();
    while let Some(()) = xml.next(|node| book.take(node, sink))? {
        if std::mem::take(&mut book.skips) {
            xml.skip_element()?;
        }
        if sink.is_full() {
            break;
        }
    }
    book.rows.finish(sink);
    context.facts.pages = Some(book.sheets);
    Ok(())
}

#[derive(Default)]
struct Book {
    /// Number formats of styles by their ids.
    formats: HashMap<String, NumberFormat>,
    /// The style that is being defined.
    defined: Option<String>,
    sheets: u32,
    rows: Rows,
    /// Where the open cell stands and where the next does, from 0.
    column: usize,
    next_column: usize,
    /// Of the open cell: its style, the type of its value, the value.
    style: String,
    kind: String,
    value: String,
    in_cell: bool,
    in_value: bool,
    /// The element that begins is not read.
    skips: bool,
}

impl Book {
    fn take(&mut self, node: Node<'_>, sink: &mut TextSink) {
        match node {
            Node::Start(tag) => self.start(&tag, sink),
            Node::Text(text) if self.in_value => self.value.push_str(text),
            Node::Text(_) => {}
            Node::End("Style") => self.defined = None,
            Node::End("Data") => self.in_value = false,
            Node::End("Cell") => self.end_cell(),
            Node::End("Row") => self.rows.end_row(sink),
            Node::End("Worksheet") => self.rows.finish(sink),
            Node::End(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, sink: &mut TextSink) {
        match tag.name() {
            "Style" => self.defined = tag.attribute("ID").filter(|_| self.formats.len() < MAX_STYLES),
            "NumberFormat" => {
                let code = tag.attribute("Format");
                self.formats.extend(self.defined.clone().zip(code.map(|code| named_format(&code))));
            }
            "Worksheet" => {
                self.sheets += 1;
                sink.begin_page();
                let mut title = Inline::default();
                title.push(&tag.attribute("Name").unwrap_or_default());
                sink.heading(2, &title);
            }
            "Row" => self.next_column = 0,
            "Cell" => {
                let place = tag.attribute("Index").and_then(|index| index.parse::<usize>().ok()?.checked_sub(1));
                self.column = place.unwrap_or(self.next_column);
                let merged = tag.attribute("MergeAcross").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
                self.next_column = self.column.saturating_add(1).saturating_add(merged);
                self.style = tag.attribute("StyleID").unwrap_or_default();
                self.kind.clear();
                self.value.clear();
                self.in_cell = true;
            }
            "Data" if self.in_cell => {
                self.kind = tag.attribute("Type").unwrap_or_default();
                self.in_value = true;
            }
            // What somebody noted beside a cell, and the results of a question to a database, have values, too.
            "Comment" | "PivotTable" => self.skips = true,
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let value = self.value.trim();
        let text = match self.kind.as_str() {
            "Number" => number(value, self.formats.get(&self.style).unwrap_or(&NumberFormat::Number), false),
            "Boolean" => if value == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "DateTime" => date_time(value),
            _ => value.to_owned(),
        };
        self.rows.cell(self.column, &text);
        self.in_cell = false;
    }
}

/// A format by its code or by the name that Excel gives a few of them here.
fn named_format(code: &str) -> NumberFormat {
    match code {
        "Percent" => NumberFormat::Percent,
        "General Date" => NumberFormat::DateTime,
        "Long Date" | "Medium Date" | "Short Date" => NumberFormat::Date,
        "Long Time" | "Medium Time" | "Short Time" => NumberFormat::Time,
        "General Number" | "Currency" | "Euro Currency" | "Fixed" | "Standard" | "Scientific" | "Yes/No"
        | "True/False" | "On/Off" => NumberFormat::Number,
        code => number_format(code),
    }
}

/// `2004-01-02T00:00:00.000` is a day, and with a time a day and a time.
fn date_time(value: &str) -> String {
    let Some((date, time)) = value.split_once('T') else { return value.to_owned() };
    let time = time.split('.').next().unwrap_or_default();
    match (date, time.strip_suffix(":00").unwrap_or(time)) {
        ("1899-12-31", time) => time.to_owned(),
        (date, "00:00") => date.to_owned(),
        (date, time) => format!("{date} {time}"),
    }
}
