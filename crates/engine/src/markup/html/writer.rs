//! Tags and text to blocks.

use super::style::StyleStack;
use super::table::Table;
use super::tokens::{Tag, Token, Tokens};
use crate::text::{Decoder, Emphasis, Inline};
use crate::{Error, Head, ReadContext, TextSink};
use std::io::{self, Read};

/// Elements that begin and end a block and mean nothing more here.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "legend",
    "main",
    "nav",
    "optgroup",
    "option",
    "p",
    "section",
    "select",
    "summary",
];

/// Writes the text of one page.
#[derive(Default)]
pub struct HtmlWriter {
    text: Inline,
    /// The page's own title.
    pub title: String,
    in_title: bool,
    in_pre: u32,
    /// How the elements around it style the text.
    styles: StyleStack,
    /// Quotations that are open.
    quotes: usize,
    /// In a cell that heads its column or row.
    in_header: bool,
    heading: usize,
    lists: Vec<Option<u32>>,
    item: bool,
    /// Where the open links begin.
    links: Vec<(usize, String)>,
    /// Tables that are open.
    tables: Vec<Table>,
}

impl HtmlWriter {
    /// Takes one token.
    pub fn take(&mut self, token: &Token, sink: &mut TextSink) {
        match token {
            Token::Tag(tag) => self.tag(tag, sink),
            Token::Text(text) => self.push(text),
        }
    }

    /// Ends the last block.
    pub fn finish(&mut self, sink: &mut TextSink) {
        self.end_block(sink);
        self.end_row(sink);
        sink.quote(0);
        if !self.tables.is_empty() || !self.lists.is_empty() {
            sink.end_table();
        }
    }

    fn push(&mut self, text: &str) {
        if self.in_title {
            if self.title.len() < 1000 {
                self.title.push_str(text);
            }
            return;
        }
        if self.in_pre > 0 {
            self.text.push(text);
            return;
        }
        // Headings are bold anyway.
        let emphasis = self.styles.of_text();
        let bold = emphasis.bold && self.heading == 0 && !self.in_header;
        self.text.push_folded(text, Emphasis { bold, ..emphasis });
    }

    fn tag(&mut self, tag: &Tag, sink: &mut TextSink) {
        let name = tag.name();
        match name {
            "title" => self.in_title = true,
            "/title" => self.in_title = false,
            "br" => self.text.push("\n"),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_block(sink);
                self.heading = usize::from(name.as_bytes()[1] - b'0');
            }
            "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" => self.end_block(sink),
            "pre" => {
                self.end_block(sink);
                self.in_pre += 1;
            }
            "/pre" => {
                self.end_block(sink);
                self.in_pre = self.in_pre.saturating_sub(1);
            }
            "blockquote" => self.quote(self.quotes + 1, sink),
            "/blockquote" => self.quote(self.quotes.saturating_sub(1), sink),
            "ul" | "ol" => {
                self.end_block(sink);
                let start = number(tag, "start").unwrap_or(1);
                self.lists.push((name == "ol").then_some(start.saturating_sub(1)));
            }
            "/ul" | "/ol" => {
                self.end_block(sink);
                if self.lists.pop().is_some() && self.lists.is_empty() && self.tables.is_empty() {
                    sink.end_list();
                }
            }
            "li" => {
                self.end_block(sink);
                self.item = true;
                if let (Some(Some(count)), Some(value)) = (self.lists.last_mut(), number(tag, "value")) {
                    *count = value.saturating_sub(1);
                }
            }
            "/li" => self.end_block(sink),
            "a" => {
                if let Some(target) = tag.attribute("href") {
                    self.links.push((self.text.link_start(), target.to_owned()));
                }
            }
            "/a" => {
                if let Some((start, target)) = self.links.pop() {
                    self.text.end_link(start, &target);
                }
            }
            "img" => {
                if let Some(alternative) = tag.attribute("alt") {
                    self.push(alternative);
                }
            }
            "table" => {
                self.end_block(sink);
                self.tables.push(Table::default());
            }
            "tr" | "/tr" => {
                self.end_cell(sink);
                self.end_row(sink);
            }
            "td" | "th" => {
                self.end_cell(sink);
                self.in_header = name == "th";
                if let Some(table) = self.tables.last_mut() {
                    table.start_cell(tag);
                }
            }
            "/td" | "/th" => self.end_cell(sink),
            "/table" => {
                self.end_cell(sink);
                self.end_table(sink);
            }
            name if BLOCKS.contains(&name.trim_start_matches('/')) => self.end_block(sink),
            name => self.styles.take(name, tag),
        }
    }

    fn quote(&mut self, depth: usize, sink: &mut TextSink) {
        self.end_block(sink);
        self.quotes = depth;
        sink.quote(depth);
    }

    /// What is styled in a cell and not ended there ends with it (HTML, section 13.2.4.3).
    fn end_cell(&mut self, sink: &mut TextSink) {
        self.end_block(sink);
        (self.styles, self.in_header) = (StyleStack::default(), false);
    }

    fn end_block(&mut self, sink: &mut TextSink) {
        self.links.clear();
        let text = std::mem::take(&mut self.text);
        let (heading, item) = (std::mem::take(&mut self.heading), std::mem::take(&mut self.item));
        if text.is_blank() {
            // The block inside of a heading or an item is still theirs.
            (self.heading, self.item) = (heading, item);
            return;
        }
        let marker = self.lists.last_mut().filter(|_| item && heading == 0).map(|list| match list {
            Some(count) => {
                *count += 1;
                format!("{count}.")
            }
            None => "-".into(),
        });
        if let Some(cell) = self.tables.last_mut().and_then(Table::cell) {
            cell.push_line(marker.as_deref(), &text);
        } else if heading > 0 {
            sink.heading(heading, &text);
        } else if let Some(marker) = marker {
            sink.item(self.lists.len().saturating_sub(1), &marker, &text);
        } else if self.in_pre > 0 && text.plain().trim().contains('\n') {
            sink.code(&text);
        } else if let Some(depth) = self.lists.len().checked_sub(1) {
            sink.paragraph_of_item(depth, &text);
        } else {
            sink.paragraph(&text);
        }
    }

    fn end_row(&mut self, sink: &mut TextSink) {
        self.end_block(sink);
        let is_nested = self.tables.len() > 1;
        let Some(table) = self.tables.last_mut() else { return };
        let cells = table.take_row();
        if cells.iter().all(Inline::is_blank) {
            return;
        }
        let is_first = table.rows == 0;
        table.rows += 1;
        match cells.as_slice() {
            // Tables of one column are layout.
            [cell] if !is_nested && is_first => {
                sink.paragraph(cell);
                if let Some(table) = self.tables.last_mut() {
                    table.rows = 0;
                }
            }
            _ if is_nested => {
                let inner = self.tables.pop();
                for cell in &cells {
                    if let Some(outer) = self.tables.last_mut().and_then(Table::cell) {
                        outer.push(if outer.is_blank() { "" } else { "\n" });
                        outer.append(cell);
                    }
                }
                self.tables.extend(inner);
            }
            cells => sink.row(cells, is_first),
        }
    }

    fn end_table(&mut self, sink: &mut TextSink) {
        self.end_row(sink);
        if let Some(table) = self.tables.pop()
            && table.rows > 0
            && self.tables.is_empty()
        {
            sink.end_table();
        }
    }
}

fn number(tag: &Tag, name: &str) -> Option<u32> {
    tag.attribute(name)?.trim().parse().ok()
}

/// Reads one page from its bytes.
pub fn read_html<R: Read>(
    text: &mut Decoder<R>,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
) -> Result<HtmlWriter, Error> {
    read_page(Noted { page: text, context, reads: 0 }, sink)
}

/// Reads one page that is text already.
pub fn read_html_text(text: &str, sink: &mut TextSink) -> Result<(), Error> {
    read_page(text.as_bytes(), sink).map(|_| ())
}

fn read_page(page: impl Read, sink: &mut TextSink) -> Result<HtmlWriter, Error> {
    let mut writer = HtmlWriter::default();
    for token in Tokens::new(page) {
        if sink.is_full() {
            break;
        }
        writer.take(&token?, sink);
    }
    writer.finish(sink);
    Ok(writer)
}

/// A page whose reads keep the stall clock from running out.
struct Noted<'p, 'j, R> {
    page: R,
    context: &'p ReadContext<'j>,
    reads: u32,
}

impl<R: Read> Read for Noted<'_, '_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        self.context.progress("text", self.reads, 0);
        self.page.read(to)
    }
}

/// True for text that begins like a page.
pub fn looks_like_html(head: &Head<'_>) -> bool {
    let start = String::from_utf8_lossy(&head.bytes[..head.bytes.len().min(1024)]).to_ascii_lowercase();
    let start = start.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
}
