//! Tags and text to blocks.

use super::entities::unescape;
use super::tokens::{Token, Tokens, attribute, name_of};
use crate::text::{Decoder, Inline};
use crate::{Error, Head, Job, TextSink};
use std::io::Read;

/// Elements that begin and end a block and mean nothing more here.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
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
    "p",
    "section",
    "summary",
];

/// Columns that a cell may span.
const MOST_SPAN: usize = 64;

/// Writes the text of one page.
#[derive(Default)]
pub struct HtmlWriter {
    text: Inline,
    /// The page's own title.
    pub title: String,
    in_title: bool,
    in_pre: u32,
    heading: usize,
    lists: Vec<Option<u32>>,
    item: bool,
    /// Columns that the open cell spans.
    span: usize,
    /// Where the open links begin.
    links: Vec<(usize, String)>,
    /// Rows so far and the cells of the open row, for every open table.
    tables: Vec<(usize, Vec<Inline>)>,
}

impl HtmlWriter {
    /// Takes one token.
    pub fn take(&mut self, token: Token<'_>, sink: &mut TextSink) {
        match token {
            Token::Tag(tag) => self.tag(tag, sink),
            Token::Text(text) => self.push(&unescape(text)),
        }
    }

    /// Ends the last block.
    pub fn finish(&mut self, sink: &mut TextSink) {
        self.end_block(sink);
        self.end_row(sink);
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
        let mut folded = String::with_capacity(text.len());
        let mut after_space = self.text.plain().is_empty() || self.text.plain().ends_with([' ', '\n']);
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if !(is_space && after_space) {
                folded.push(if is_space { ' ' } else { c });
            }
            after_space = is_space;
        }
        self.text.push(&folded);
    }

    fn tag(&mut self, tag: &str, sink: &mut TextSink) {
        let name = name_of(tag);
        match name.as_str() {
            "title" => self.in_title = true,
            "/title" => self.in_title = false,
            "br" | "br/" => self.text.push("\n"),
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
            "ul" | "ol" => {
                self.end_block(sink);
                self.lists.push((name == "ol").then_some(0));
            }
            "/ul" | "/ol" => {
                self.end_block(sink);
                if self.lists.pop().is_some() && self.lists.is_empty() {
                    sink.end_list();
                }
            }
            "li" => {
                self.end_block(sink);
                self.item = true;
            }
            "/li" => self.end_block(sink),
            "a" => {
                if let Some(target) = attribute(tag, "href") {
                    self.links.push((self.text.link_start(), target));
                }
            }
            "/a" => {
                if let Some((start, target)) = self.links.pop() {
                    self.text.end_link(start, &target);
                }
            }
            "img" => {
                if let Some(alternative) = attribute(tag, "alt") {
                    self.push(&alternative);
                }
            }
            "table" => {
                self.end_block(sink);
                self.tables.push((0, vec![]));
            }
            "tr" | "/tr" => self.end_row(sink),
            "td" | "th" => {
                self.end_block(sink);
                if let Some((_, cells)) = self.tables.last_mut() {
                    let gap = std::mem::take(&mut self.span).saturating_sub(1);
                    cells.extend(std::iter::repeat_n(Inline::default(), gap + 1));
                    self.span =
                        attribute(tag, "colspan").and_then(|span| span.parse().ok()).unwrap_or(1).min(MOST_SPAN);
                }
            }
            "/td" | "/th" => self.end_block(sink),
            "/table" => self.end_table(sink),
            name if BLOCKS.contains(&name.trim_start_matches('/')) => self.end_block(sink),
            _ => {}
        }
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
        if let Some(cell) = self.tables.last_mut().and_then(|(_, cells)| cells.last_mut()) {
            if !cell.is_blank() {
                cell.push("\n");
            }
            cell.append(&text);
        } else if heading > 0 {
            sink.heading(heading, &text);
        } else if item && !self.lists.is_empty() {
            let depth = self.lists.len() - 1;
            let marker = match self.lists.last_mut() {
                Some(Some(count)) => {
                    *count += 1;
                    format!("{count}.")
                }
                _ => "-".into(),
            };
            sink.item(depth, &marker, &text);
        } else {
            sink.paragraph(&text);
        }
    }

    fn end_row(&mut self, sink: &mut TextSink) {
        self.end_block(sink);
        let is_nested = self.tables.len() > 1;
        let Some((rows, cells)) = self.tables.last_mut() else { return };
        let cells = std::mem::take(cells);
        self.span = 0;
        if cells.iter().all(Inline::is_blank) {
            return;
        }
        let is_first = *rows == 0;
        *rows += 1;
        match cells.as_slice() {
            // Tables of one column are layout.
            [cell] if !is_nested && is_first => {
                sink.paragraph(cell);
                self.tables.last_mut().into_iter().for_each(|(rows, _)| *rows = 0);
            }
            _ if is_nested => {
                let inner = self.tables.pop();
                for cell in &cells {
                    if let Some(outer) = self.tables.last_mut().and_then(|(_, cells)| cells.last_mut()) {
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
        if let Some((rows, _)) = self.tables.pop()
            && rows > 0
            && self.tables.is_empty()
        {
            sink.end_table();
        }
    }
}

/// Reads one page from its bytes.
pub fn read_html<R: Read>(text: &mut Decoder<R>, job: &mut Job<'_>, sink: &mut TextSink) -> Result<HtmlWriter, Error> {
    let (mut tokens, mut writer) = (Tokens::default(), HtmlWriter::default());
    let mut chunks = 0;
    while !sink.is_full() {
        let Some(chunk) = text.next_chunk()? else { break };
        tokens.push(chunk, |token| writer.take(token, sink));
        chunks += 1;
        job.progress("text", chunks, 0);
    }
    tokens.finish(|token| writer.take(token, sink));
    writer.finish(sink);
    Ok(writer)
}

/// Reads one page that is text already.
pub fn read_html_text(text: &str, sink: &mut TextSink) {
    let (mut tokens, mut writer) = (Tokens::default(), HtmlWriter::default());
    tokens.push(text, |token| writer.take(token, sink));
    tokens.finish(|token| writer.take(token, sink));
    writer.finish(sink);
}

/// True for text that begins like a page.
pub fn looks_like_html(head: &Head<'_>) -> bool {
    let start = String::from_utf8_lossy(&head.bytes[..head.bytes.len().min(1024)]).to_ascii_lowercase();
    let start = start.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
}
