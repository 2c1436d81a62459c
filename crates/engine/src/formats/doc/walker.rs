//! The text of one part of a document, character by character: marks make paragraphs, cells, fields and notes of it.

use super::pieces::Char;
use super::runs::{Formatting, Paragraph, Run};
use super::styles::Styles;
use crate::TextSink;
use crate::formats::docx::{Lists, link_of_field};
use crate::text::{Emphasis, Inline, ParagraphWriter, TableBuilder};
use std::ops::Range;

/// Fields inside of each other.
const MAX_FIELDS: usize = 64;
/// Characters of a field's code that are kept.
const LONGEST_CODE: usize = 4096;

/// Characters that are marks of the format.
const NOTE_REFERENCE: char = '\u{2}';
const CELL_END: char = '\u{7}';
const LINE_BREAK: char = '\u{b}';
const PAGE_BREAK: char = '\u{c}';
const FIELD_BEGIN: char = '\u{13}';
const FIELD_SEPARATOR: char = '\u{14}';
const FIELD_END: char = '\u{15}';
const HARD_HYPHEN: char = '\u{1e}';

/// What a part needs to know of the document.
#[derive(Default)]
pub struct PartContext {
    pub formatting: Formatting,
    pub styles: Styles,
    pub lists: Lists,
    pub notes: Notes,
    /// Targets of links, for the end of the plain text.
    pub followed: Vec<String>,
}

/// Where in the body the marks of notes are.
#[derive(Default)]
pub struct Notes {
    pub footnotes: Vec<u32>,
    pub endnotes: Vec<u32>,
}

/// Walks over the characters of one part.
pub struct Walker<'s, 'o> {
    part: &'s mut PartContext,
    sink: &'s mut TextSink<'o>,
    text: Inline,
    /// Characters of one run that are not in the text yet, and where the first of them is.
    words: String,
    words_at: u32,
    /// The run of the last character, and where it begins and ends.
    run: (Run, Range<u32>),
    fields: Vec<Field>,
    table: TableBuilder,
    paragraphs: ParagraphWriter,
    /// A cell ended just now, so that another end is the row's.
    after_cell: bool,
}

#[derive(Default)]
struct Field {
    code: String,
    /// Where its result begins in the paragraph; its code comes before.
    result_start: Option<usize>,
}

impl<'s, 'o> Walker<'s, 'o> {
    /// Begins a part, with a label before its first paragraph.
    pub fn new(part: &'s mut PartContext, sink: &'s mut TextSink<'o>, label: &str) -> Self {
        let mut text = Inline::default();
        text.push(label);
        Self {
            part,
            sink,
            text,
            words: String::new(),
            words_at: 0,
            run: (Run::default(), 0..0),
            fields: vec![],
            table: TableBuilder::default(),
            paragraphs: ParagraphWriter::default(),
            after_cell: false,
        }
    }

    /// Takes the next character. False when there is room for no more.
    pub fn take(&mut self, char: Char) -> bool {
        let ends_cell = char.c == CELL_END;
        if !self.run.1.contains(&char.at) {
            self.end_words();
            self.run = self.part.formatting.run(char.at);
        }
        if char.c < ' ' {
            self.end_words();
        }
        match char.c {
            FIELD_BEGIN => {
                if self.fields.len() < MAX_FIELDS {
                    self.fields.push(Field::default());
                }
            }
            FIELD_SEPARATOR => {
                let result_start = self.text.link_start();
                if let Some(field) = self.fields.last_mut() {
                    field.result_start = Some(result_start);
                }
            }
            FIELD_END => self.end_field(),
            '\r' | CELL_END | PAGE_BREAK => self.end_paragraph(char),
            _ if self.run.0.is_hidden => {}
            c if self.fields.iter().any(|field| field.result_start.is_none()) => {
                if let Some(field) = self.fields.last_mut().filter(|field| field.code.len() < LONGEST_CODE) {
                    field.code.push(c);
                }
            }
            NOTE_REFERENCE => self.mark(char.position),
            LINE_BREAK => self.text.push("\n"),
            HARD_HYPHEN => self.text.push("-"),
            '\t' => self.text.push("\t"),
            // Places of pictures and comments, and hyphens that are shown at line ends only.
            '\0'..='\u{1f}' => {}
            // A symbol of a font that says by itself what it looks like.
            '\u{e000}'..='\u{f8ff}' => self.push('•', char.at),
            c => self.push(c, char.at),
        }
        self.after_cell = ends_cell;
        !self.sink.is_full()
    }

    fn push(&mut self, c: char, at: u32) {
        if self.words.is_empty() {
            self.words_at = at;
        }
        self.words.push(c);
    }

    /// Adds the words of a run to the text. Headings and the header row of a table are bold anyway.
    fn end_words(&mut self) {
        if self.words.is_empty() {
            return;
        }
        let PartContext { formatting, styles, .. } = &*self.part;
        let run = self.run.0;
        let (bold, italic) = if run.style == 0 { (false, false) } else { styles.of_words(run.style) };
        let mut emphasis =
            Emphasis { bold: run.bold.unwrap_or(bold), italic: run.italic.unwrap_or(italic), code: false };
        if emphasis.bold {
            let paragraph = formatting.paragraph(self.words_at).copied().unwrap_or_default();
            emphasis.bold = !(styles.heading(&paragraph).is_some() || paragraph.in_table && self.table.in_header());
        }
        self.text.push_styled(&self.words, emphasis);
        self.words.clear();
    }

    /// Ends the part.
    pub fn finish(mut self) {
        self.end_words();
        let text = std::mem::take(&mut self.text);
        self.block(Paragraph::default(), text);
        self.table.end(self.sink);
        self.paragraphs.end_list(self.sink);
    }

    fn mark(&mut self, position: u32) {
        let number_in = |notes: &[u32]| notes.binary_search(&position).ok().map(|index| index + 1);
        if let Some(number) = number_in(&self.part.notes.footnotes) {
            self.text.push(&format!("[^{number}]"));
        } else if let Some(number) = number_in(&self.part.notes.endnotes) {
            self.text.push(&format!("[^e{number}]"));
        }
    }

    fn end_field(&mut self) {
        let Some(Field { code, result_start: Some(result_start) }) = self.fields.pop() else { return };
        let Some(target) = link_of_field(&code) else { return };
        if self.text.end_link(result_start, target) && !self.part.followed.iter().any(|known| known == target) {
            self.part.followed.push(target.into());
        }
    }

    fn end_paragraph(&mut self, char: Char) {
        let text = std::mem::take(&mut self.text);
        let known = self.part.formatting.paragraph(char.at).copied();
        let paragraph = known.unwrap_or(Paragraph { in_table: char.c == CELL_END, ..Paragraph::default() });
        let ends_row = if known.is_some() { paragraph.ends_row } else { self.after_cell };
        match char.c {
            CELL_END if ends_row => self.table.end_row(self.sink),
            CELL_END => {
                self.add_to_cell(&text);
                self.table.end_cell();
            }
            _ if paragraph.in_table => self.add_to_cell(&text),
            _ => self.block(paragraph, text),
        }
    }

    fn add_to_cell(&mut self, text: &Inline) {
        self.paragraphs.end_list(self.sink);
        self.table.add_paragraph(text);
    }

    fn block(&mut self, paragraph: Paragraph, text: Inline) {
        if text.is_blank() {
            return;
        }
        self.table.end(self.sink);
        let styles = &self.part.styles;
        let heading = styles.heading(&paragraph);
        let list = match paragraph.list {
            Some(list) => Some((list, paragraph.level)),
            None => styles.list(paragraph.style),
        };
        let list = list.filter(|(list, _)| *list != 0);
        let marker = list.and_then(|(list, level)| self.part.lists.marker(&list.to_string(), level.into()));
        let depth = list.map_or(0, |(_, level)| level.into());
        self.paragraphs.write(heading, marker.as_deref(), depth, &text, self.sink);
    }
}
