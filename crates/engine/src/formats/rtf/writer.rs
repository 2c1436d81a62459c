//! Puts paragraphs, rows and list items together and gives them to the sink.

use crate::TextSink;
use crate::formats::docx::link_of_field;
use crate::text::{Emphasis, Inline, ParagraphWriter, TableBuilder};
use std::collections::HashMap;

/// Styles that are kept.
const MAX_STYLES: usize = 10_000;

/// The block that is open.
pub struct Writer<'s, 'o> {
    sink: &'s mut TextSink<'o>,
    text: Inline,
    /// The code of the field that ended last.
    pub code: String,
    /// The number or bullet that stands before the paragraph.
    pub marker: Option<String>,
    links: Vec<(usize, String)>,
    table: TableBuilder,
    /// The paragraph is in a cell.
    in_table: bool,
    paragraphs: ParagraphWriter,
    style: i64,
    outline: Option<usize>,
    level: usize,
    /// Headings by the numbers of their styles.
    headings: HashMap<i64, usize>,
}

impl<'s, 'o> Writer<'s, 'o> {
    pub fn new(sink: &'s mut TextSink<'o>) -> Self {
        Self {
            sink,
            text: Inline::default(),
            code: String::new(),
            marker: None,
            links: vec![],
            table: TableBuilder::default(),
            in_table: false,
            paragraphs: ParagraphWriter::default(),
            style: 0,
            outline: None,
            level: 0,
            headings: HashMap::new(),
        }
    }

    /// Adds text. The header row of a table is bold anyway, and what a heading is, its style says.
    pub fn push(&mut self, text: &str, emphasis: Emphasis) {
        let is_header = self.in_table && self.table.in_header();
        let emphasis = if self.heading().is_some() { Emphasis::default() } else { emphasis };
        self.text.push_styled(text, Emphasis { bold: emphasis.bold && !is_header, ..emphasis });
    }

    /// True when there is room for no more. Ends a paragraph that is longer than any.
    pub fn is_full(&mut self, longest: usize) -> bool {
        if self.text.plain().len() > longest {
            self.end_paragraph();
        }
        self.sink.is_full()
    }

    /// The style that was defined last has that name.
    pub fn name_style(&mut self, name: &str) {
        let level = name.trim().to_lowercase();
        let level = level.strip_prefix("heading").and_then(|level| level.trim().parse().ok());
        if let Some(level) = level.filter(|level| (1..=9).contains(level))
            && self.headings.len() < MAX_STYLES
        {
            self.headings.insert(self.style, level);
        }
        self.style = 0;
    }

    /// A control word about paragraphs and tables.
    pub fn word(&mut self, word: &str, number: Option<i64>) {
        let number = number.unwrap_or(0);
        match word {
            "par" | "page" | "sect" => self.end_paragraph(),
            "pard" => {
                (self.in_table, self.style, self.outline, self.level) = (false, 0, None, 0);
            }
            "intbl" => self.in_table = true,
            "cell" => {
                self.in_table = true;
                self.end_paragraph();
                self.table.end_cell();
            }
            "row" => self.end_row(),
            "nestrow" => self.text.push("\n"),
            "outlinelevel" => {
                self.outline = usize::try_from(number).ok().filter(|level| *level < 9).map(|level| level + 1)
            }
            "ilvl" => self.level = number.clamp(0, 8) as usize,
            "s" => self.style = number,
            _ => {}
        }
    }

    /// What comes now is shown by the field whose code came before.
    pub fn begin_link(&mut self) {
        let target = link_of_field(&self.code).unwrap_or_default().to_owned();
        self.code.clear();
        self.links.push((self.text.link_start(), target));
    }

    pub fn end_link(&mut self) {
        if let Some((start, target)) = self.links.pop() {
            self.text.end_link(start, &target);
        }
    }

    pub fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        let marker = self.marker.take();
        self.links.clear();
        if text.is_blank() {
            return;
        }
        if self.in_table {
            return self.table.add_paragraph(&text);
        }
        self.end_table();
        let marker = marker.map(|marker| {
            let marker = marker.trim().to_owned();
            // Bullets are characters of symbol fonts.
            if marker.chars().any(char::is_alphanumeric) && marker.len() < 20 && marker.len() > 1 {
                marker
            } else {
                "-".into()
            }
        });
        self.paragraphs.write(self.heading(), marker.as_deref(), self.level, &text, self.sink);
    }

    /// The level of the heading that the paragraph is.
    fn heading(&self) -> Option<usize> {
        self.outline.or_else(|| self.headings.get(&self.style).copied())
    }

    /// Writes what is open at the end.
    pub fn finish(&mut self) {
        self.end_paragraph();
        self.end_table();
        self.paragraphs.end_list(self.sink);
    }

    fn end_row(&mut self) {
        self.paragraphs.end_list(self.sink);
        self.table.end_row(self.sink);
    }

    fn end_table(&mut self) {
        if self.table.is_in_row() {
            self.paragraphs.end_list(self.sink);
        }
        self.table.end(self.sink);
    }
}
