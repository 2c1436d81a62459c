//! The text of one part of a Word document, as it streams by: the body, a header, the notes.

use super::paragraph::Paragraph;
use super::styles::Toggles;
use super::tables::Tables;
use super::{Lists, Styles};
use crate::markup::xml::{Node, Tag, Xml};
use crate::text::{Inline, ParagraphWriter};
use crate::{Error, TextSink};
use std::collections::HashMap;

/// What a part needs to know of the others.
pub struct PartContext<'a> {
    pub styles: &'a Styles,
    pub lists: &'a mut Lists,
    /// Targets of links by their ids.
    pub links: &'a HashMap<String, String>,
    /// Targets that were met, for the end of the plain text.
    pub followed: &'a mut Vec<String>,
}

/// Reads a part and gives its blocks to the sink.
pub fn read_part(mut xml: Xml<'_>, part: &mut PartContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut reader = BodyReader::new(part, sink);
    while let Some(()) = xml.next(|node| reader.take(node))? {
        if std::mem::take(&mut reader.skips) {
            xml.skip_element()?;
        }
        if reader.sink.is_full() {
            break;
        }
    }
    reader.paragraphs.end_list(reader.sink);
    Ok(())
}

/// Where a field with that code leads to: `HYPERLINK "https://…"`.
pub fn link_of_field(code: &str) -> Option<&str> {
    let rest = code.trim().strip_prefix("HYPERLINK")?.trim();
    rest.split('"').nth(1).filter(|target| !target.is_empty())
}

struct BodyReader<'s, 'a, 'o> {
    part: &'s mut PartContext<'a>,
    sink: &'s mut TextSink<'o>,
    /// Paragraphs that are open: one inside the other when a text box stands in a paragraph.
    open: Vec<Paragraph>,
    tables: Tables,
    fields: Vec<Field>,
    links: Vec<(usize, Option<String>)>,
    /// The element that begins is not read.
    skips: bool,
    /// The text of a paragraph that ended, kept for its allocation.
    scratch: Inline,
    in_text: bool,
    in_code: bool,
    in_properties: u32,
    /// Among the properties of a run.
    in_run: bool,
    /// The label of the note that begins.
    note: Option<String>,
    paragraphs: ParagraphWriter,
}

/// A field: its code comes first, then what it shows.
#[derive(Default)]
struct Field {
    code: String,
    start: Option<usize>,
}

impl<'s, 'a, 'o> BodyReader<'s, 'a, 'o> {
    fn new(part: &'s mut PartContext<'a>, sink: &'s mut TextSink<'o>) -> Self {
        Self {
            part,
            sink,
            open: vec![],
            tables: Tables::default(),
            fields: vec![],
            links: vec![],
            skips: false,
            scratch: Inline::default(),
            in_text: false,
            in_code: false,
            in_properties: 0,
            in_run: false,
            note: None,
            paragraphs: ParagraphWriter::default(),
        }
    }

    fn take(&mut self, node: Node<'_>) {
        match node {
            Node::Start(tag) => self.start(&tag),
            Node::End(name) => self.end(name),
            Node::Text(text) if self.in_code => {
                if let Some(field) = self.fields.last_mut() {
                    field.code.push_str(text);
                }
            }
            Node::Text(text) if self.in_text => self.push_styled(text),
            Node::Text(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let value = || tag.attribute("val");
        let number = || value().and_then(|value| value.parse::<usize>().ok());
        match tag.name() {
            name if self.in_run => self.run_property(name, tag),
            // Deleted and moved text is not there any more; a fall-back repeats what its choice says.
            "Fallback" | "del" | "moveFrom" | "delText" | "delInstrText" | "rt" | "sectPr" | "tblPr" => {
                self.skips = true
            }
            // Those of the paragraph's mark are not those of its text.
            "rPr" if self.in_properties > 0 => self.skips = true,
            "rPr" => self.in_run = true,
            "r" => {
                if let Some(paragraph) = self.open.last_mut() {
                    paragraph.run = Toggles::default();
                }
            }
            "pPr" => self.in_properties += 1,
            "tabs" | "pPrChange" if self.in_properties > 0 => self.skips = true,
            "pStyle" => self.paragraph().style = value(),
            "numId" => self.paragraph().list = value(),
            "ilvl" => self.paragraph().level = number().unwrap_or(0),
            "outlineLvl" => self.paragraph().outline = number(),
            "t" => self.in_text = true,
            "instrText" => self.in_code = true,
            "tab" | "ptab" => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "sym" => self.symbol(tag),
            "num" | "deg" | "sup" | "sub" => self.script(tag.name()),
            "p" => {
                let text = std::mem::take(&mut self.scratch);
                let is_bold_anyway = self.tables.in_header();
                self.open.push(Paragraph { text, is_bold_anyway, ..Paragraph::default() });
                if let Some(note) = self.note.take() {
                    self.push(&note);
                }
            }
            "gridSpan" => self.tables.span(number().unwrap_or(1)),
            "gridBefore" => self.tables.leave_out(number().unwrap_or(0)),
            "tbl" => {
                self.paragraphs.end_list(self.sink);
                self.tables.start();
            }
            "tc" => self.tables.start_cell(),
            "hyperlink" => {
                let target = tag.attribute("id").and_then(|id| self.part.links.get(&id).cloned());
                let start = self.paragraph().text.link_start();
                self.links.push((start, target));
            }
            "fldChar" => self.field(&tag.attribute("fldCharType").unwrap_or_default()),
            "footnoteReference" => self.reference(tag, ""),
            "endnoteReference" => self.reference(tag, "e"),
            "footnote" => self.start_note(tag, ""),
            "endnote" => self.start_note(tag, "e"),
            "comment" => {
                let author = tag.attribute("author").unwrap_or_default();
                self.note = Some(if author.is_empty() { "Comment: ".into() } else { format!("Comment by {author}: ") });
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "instrText" => self.in_code = false,
            "rPr" => self.in_run = false,
            "pPr" => self.end_properties(),
            "p" => self.end_paragraph(),
            "tc" => self.tables.end_cell(),
            "tr" => self.tables.end_row(self.sink),
            "tbl" => self.tables.end(self.sink),
            "num" => self.push("/"),
            "hyperlink" => {
                if let Some((start, Some(target))) = self.links.pop() {
                    self.end_link(start, &target);
                }
            }
            _ => {}
        }
    }

    fn paragraph(&mut self) -> &mut Paragraph {
        if self.open.is_empty() {
            self.open.push(Paragraph::default());
        }
        self.open.last_mut().expect("one was just pushed")
    }

    fn push(&mut self, text: &str) {
        // Tabs and breaks among the properties are settings.
        if self.in_properties == 0 {
            self.paragraph().text.push(text);
        }
    }

    fn push_styled(&mut self, text: &str) {
        if self.in_properties == 0 {
            self.paragraph().push_styled(text);
        }
    }

    fn run_property(&mut self, name: &str, tag: &Tag<'_>) {
        // What it was before somebody changed it.
        self.skips = name == "rPrChange";
        let styles = self.part.styles;
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.run_property(name, tag, styles);
        }
    }

    fn end_properties(&mut self) {
        self.in_properties = self.in_properties.saturating_sub(1);
        let styles = self.part.styles;
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.end_properties(styles);
        }
    }

    /// A character of a symbol font. Those in the private area are bullets and dingbats.
    fn symbol(&mut self, tag: &Tag<'_>) {
        let code = tag.attribute("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
        match code.and_then(char::from_u32) {
            Some('\u{e000}'..='\u{f8ff}') => self.push("•"),
            Some(c) => self.push(c.encode_utf8(&mut [0; 4])),
            None => {}
        }
    }

    /// Raised and lowered parts of a formula.
    fn script(&mut self, name: &str) {
        match name {
            "sup" => self.push("^"),
            "sub" => self.push("_"),
            _ => {}
        }
    }

    fn reference(&mut self, tag: &Tag<'_>, prefix: &str) {
        if let Some(id) = tag.attribute("id") {
            self.push(&format!("[^{prefix}{id}]"));
        }
    }

    /// The lines that part notes from text are notes too, of a type.
    fn start_note(&mut self, tag: &Tag<'_>, prefix: &str) {
        if tag.attribute("type").is_none_or(|kind| kind == "normal") {
            let id = tag.attribute("id").unwrap_or_default();
            self.note = Some(format!("[^{prefix}{id}]: "));
        }
    }

    fn field(&mut self, kind: &str) {
        match kind {
            "begin" => self.fields.push(Field::default()),
            "separate" => {
                let start = self.paragraph().text.link_start();
                if let Some(field) = self.fields.last_mut() {
                    field.start = Some(start);
                }
            }
            "end" => {
                let Some(Field { code, start: Some(start) }) = self.fields.pop() else { return };
                if let Some(target) = link_of_field(&code) {
                    self.end_link(start, target);
                }
            }
            _ => {}
        }
    }

    fn end_link(&mut self, start: usize, target: &str) {
        if self.paragraph().text.end_link(start, target) && !self.part.followed.iter().any(|known| known == target) {
            self.part.followed.push(target.into());
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.open.pop() else { return };
        self.write_paragraph(&paragraph);
        self.scratch = paragraph.text;
        self.scratch.clear();
    }

    fn write_paragraph(&mut self, paragraph: &Paragraph) {
        if paragraph.text.is_blank() {
            return;
        }
        let (style, styles) = (paragraph.style.as_deref(), self.part.styles);
        let outline = paragraph.outline.filter(|level| *level < 9).map(|level| level + 1);
        let heading = outline.or_else(|| styles.heading(style?));
        let list = match &paragraph.list {
            Some(list) => Some((list.clone(), paragraph.level)),
            None => style.and_then(|style| styles.list(style)),
        };
        // The list of that id is the one that ends lists.
        let list = list.filter(|(list, _)| list != "0");
        let marker = list.as_ref().and_then(|(list, level)| self.part.lists.marker(list, *level));
        let marker = marker.or_else(|| styles.is_list(style?).then(|| "-".into()));
        if let Some(cell) = self.tables.cell() {
            return cell.push_line(marker.as_deref(), &paragraph.text);
        }
        let is_quotation = paragraph.is_quotation && heading.is_none() && marker.is_none();
        let depth = list.map_or(0, |(_, level)| level);
        self.sink.quote(is_quotation.into());
        self.paragraphs.write(heading, marker.as_deref(), depth, &paragraph.text, self.sink);
        self.sink.quote(0);
    }
}
