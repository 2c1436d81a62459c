//! The text of an OpenDocument file as it streams by.

use super::lists::Lists;
use super::styles::Styles;
use super::table::Table;
use crate::markup::xml::{Node, Tag, Xml};
use crate::text::{Emphasis, Inline, ParagraphWriter};
use crate::{Error, TextSink};

/// How the parts of a document are pages.
#[derive(Clone, Copy, PartialEq)]
pub enum Pages {
    None,
    /// Every slide.
    Slides,
    /// Every sheet.
    Sheets,
}

/// Reads `content.xml` and gives its blocks to the sink. Says how many slides or sheets there are.
pub fn read_body(
    mut xml: Xml<'_>,
    pages: Pages,
    styles: Styles,
    lists: Lists,
    sink: &mut TextSink,
) -> Result<u32, Error> {
    let mut reader = BodyReader {
        sink,
        pages,
        styles,
        lists,
        count: 0,
        open: vec![],
        table: None,
        note: 0,
        paragraphs: ParagraphWriter::default(),
        comments: vec![],
        author: None,
        in_author: false,
        in_title: false,
        skips: false,
        in_body: false,
    };
    while let Some(()) = xml.next(|node| reader.take(node))? {
        if std::mem::take(&mut reader.skips) {
            xml.skip_element()?;
        }
        if reader.sink.is_full() {
            break;
        }
    }
    reader.paragraphs.end_list(reader.sink);
    Ok(reader.count)
}

struct BodyReader<'s, 'o> {
    sink: &'s mut TextSink<'o>,
    pages: Pages,
    styles: Styles,
    lists: Lists,
    count: u32,
    /// Paragraphs that are open: one inside the other when a note or a frame stands in a paragraph.
    open: Vec<Block>,
    table: Option<Table>,
    note: usize,
    /// An item was written last.
    paragraphs: ParagraphWriter,
    /// Comments on the open paragraph, which come after it.
    comments: Vec<Inline>,
    /// Who wrote the open comment.
    author: Option<String>,
    in_author: bool,
    /// Inside of the frame of a slide's title.
    in_title: bool,
    /// The element that begins is not read.
    skips: bool,
    in_body: bool,
}

#[derive(Default)]
struct Block {
    text: Inline,
    /// The level of a heading, or 0.
    level: usize,
    is_quotation: bool,
    /// What stands before a heading.
    number: Option<String>,
    /// Where its links begin.
    links: Vec<(usize, String)>,
    /// The emphasis of its words, outermost first.
    emphasis: Vec<Emphasis>,
}

impl BodyReader<'_, '_> {
    fn take(&mut self, node: Node<'_>) {
        match node {
            Node::Start(tag) if self.in_body => self.start(&tag),
            Node::Start(tag) if tag.name() == "body" => self.in_body = true,
            Node::Start(tag) => {
                self.styles.start(&tag);
                self.lists.define(&tag);
            }
            Node::Text(text) if self.in_author => {
                if let Some(author) = &mut self.author {
                    author.push_str(text);
                }
            }
            Node::Text(text) => {
                if let Some(block) = self.open.last_mut() {
                    block.text.push_folded(text, block.emphasis.last().copied().unwrap_or_default());
                }
            }
            Node::End(name) => self.end(name),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.attribute(name).and_then(|value| value.parse::<usize>().ok());
        match tag.name() {
            "tracked-changes" | "forms" | "annotation-end" | "note-citation" | "ruby-text" => self.skips = true,
            "date" | "date-string" | "creator-initials" if self.author.is_some() => self.skips = true,
            "creator" if self.author.is_some() => self.in_author = true,
            "p" => self.start_paragraph(tag),
            "h" => self.start_heading(tag),
            "span" => self.start_words(tag),
            "s" => self.push_space(&" ".repeat(number("c").unwrap_or(1).min(80))),
            "tab" => self.push_space("\t"),
            "line-break" => self.push("\n"),
            "a" => {
                if let (Some(block), Some(target)) = (self.open.last_mut(), tag.attribute("href")) {
                    block.links.push((block.text.link_start(), target));
                }
            }
            "note" => self.note += 1,
            "note-body" => self.push(" ("),
            "annotation" => {
                self.note += 1;
                self.author = Some(String::new());
                self.open.push(Block::default());
            }
            "list" => self.start_list(tag),
            "list-item" => self.lists.start_item(tag),
            "frame" => self.in_title = tag.attribute("class").is_some_and(|class| class == "title"),
            "page" if self.pages == Pages::Slides => self.begin_page(),
            "table" => self.start_table(tag),
            "table-row" => {
                if let Some(table) = &mut self.table {
                    table.start_row(tag);
                }
            }
            "table-cell" | "covered-table-cell" => {
                if let Some(table) = &mut self.table {
                    table.start_cell(tag);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "body" => self.in_body = false,
            "p" | "h" => self.end_block(),
            "span" => {
                self.open.last_mut().and_then(|block| block.emphasis.pop());
            }
            "a" => {
                if let Some(block) = self.open.last_mut()
                    && let Some((start, target)) = block.links.pop()
                {
                    block.text.end_link(start, &target);
                }
            }
            "creator" => self.in_author = false,
            "note" => self.note = self.note.saturating_sub(1),
            "note-body" => self.push(")"),
            "annotation" => self.end_comment(),
            "list" => self.lists.end(),
            "frame" => self.in_title = false,
            "table-cell" | "covered-table-cell" => {
                self.write_comments();
                if let Some(table) = &mut self.table {
                    table.end_cell();
                }
            }
            "table-row" => {
                if let Some(table) = &mut self.table {
                    table.end_row(self.sink);
                }
            }
            "table" => self.end_table(),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(block) = self.open.last_mut() {
            block.text.push(text);
        }
    }

    /// Space at the beginning of a paragraph is an indent.
    fn push_space(&mut self, space: &str) {
        if let Some(block) = self.open.last_mut().filter(|block| !block.text.is_blank()) {
            block.text.push(space);
        }
    }

    fn begin_page(&mut self) {
        self.paragraphs.end_list(self.sink);
        self.sink.begin_page();
        self.count += 1;
    }

    fn start_paragraph(&mut self, tag: &Tag<'_>) {
        let style = tag.attribute("style-name").unwrap_or_default();
        let level = match self.in_title && self.pages == Pages::Slides {
            true => 2,
            false => usize::from(self.styles.is_title(&style)),
        };
        let emphasis = self.bold_where_it_says_something(self.styles.of_paragraph(&style), level);
        let is_quotation = self.styles.is_quotation(&style);
        self.open.push(Block { level, is_quotation, emphasis: vec![emphasis], ..Block::default() });
    }

    fn start_heading(&mut self, tag: &Tag<'_>) {
        let level = tag.attribute("outline-level").and_then(|level| level.parse().ok()).unwrap_or(1);
        let has_number = tag.attribute("is-list-header").is_none_or(|is_without| is_without != "true")
            && !tag.attribute("style-name").is_some_and(|style| self.styles.is_without_number(&style));
        let number = if has_number { self.lists.heading(level) } else { None };
        self.open.push(Block { level, number, ..Block::default() });
    }

    fn start_words(&mut self, tag: &Tag<'_>) {
        let Some(block) = self.open.last() else { return };
        let (level, around) = (block.level, block.emphasis.last().copied().unwrap_or_default());
        let emphasis = tag.attribute("style-name").map_or(around, |style| self.styles.of_words(&style, around));
        let emphasis = self.bold_where_it_says_something(emphasis, level);
        if let Some(block) = self.open.last_mut() {
            block.emphasis.push(emphasis);
        }
    }

    /// Headings and the header row of a table are bold anyway.
    fn bold_where_it_says_something(&self, emphasis: Emphasis, level: usize) -> Emphasis {
        let is_bold_anyway = level > 0 || self.table.as_ref().is_some_and(Table::is_header);
        Emphasis { bold: emphasis.bold && !is_bold_anyway, ..emphasis }
    }

    fn start_list(&mut self, tag: &Tag<'_>) {
        if self.lists.start(tag) {
            self.paragraphs.end_list(self.sink);
        }
    }

    fn start_table(&mut self, tag: &Tag<'_>) {
        if let Some(table) = &mut self.table {
            return table.start_inner();
        }
        self.paragraphs.end_list(self.sink);
        if self.pages == Pages::Sheets {
            self.begin_page();
            let mut name = Inline::default();
            name.push(&tag.attribute("name").unwrap_or_default());
            self.sink.heading(2, &name);
        }
        self.table = Some(Table::open());
    }

    fn end_block(&mut self) {
        let Some(block) = self.open.pop() else { return };
        // A paragraph of a note belongs to the one around it.
        if let (Some(outer), true) = (self.open.last_mut(), self.note > 0) {
            let is_inside = !outer.text.is_blank() && !outer.text.plain().ends_with(['(', ' ']);
            outer.text.push(if is_inside && !block.text.is_blank() { " " } else { "" });
            outer.text.append(&block.text);
            return;
        }
        if !block.text.is_blank() {
            let marker = if self.lists.is_open() { self.lists.marker() } else { None };
            match self.table.as_mut().and_then(Table::cell) {
                Some(cell) => cell.push_line(marker.as_deref(), &block.text),
                None => {
                    self.sink.quote(block.is_quotation.into());
                    self.write(&block, marker);
                    self.sink.quote(0);
                }
            }
        }
        if self.open.is_empty() {
            self.write_comments();
        }
    }

    fn write(&mut self, block: &Block, marker: Option<String>) {
        let depth = self.lists.depth();
        if block.level == 0 && marker.is_none() && self.lists.is_open() {
            return self.sink.paragraph_of_item(depth, &block.text);
        }
        let heading = (block.level > 0).then_some(block.level);
        let marker = block.number.clone().filter(|_| heading.is_some()).or(marker);
        self.paragraphs.write(heading, marker.as_deref(), depth, &block.text, self.sink);
    }

    fn end_comment(&mut self) {
        self.note = self.note.saturating_sub(1);
        self.in_author = false;
        let author = self.author.take().unwrap_or_default();
        let Some(block) = self.open.pop().filter(|block| !block.text.is_blank()) else { return };
        let mut comment = Inline::default();
        comment.push(&match author.trim() {
            "" => "Comment: ".to_owned(),
            author => format!("Comment by {author}: "),
        });
        comment.append(&block.text);
        self.comments.push(comment);
    }

    fn write_comments(&mut self) {
        for comment in std::mem::take(&mut self.comments) {
            if let Some(cell) = self.table.as_mut().and_then(Table::cell) {
                cell.push_line(None, &comment);
            } else {
                self.paragraphs.end_list(self.sink);
                self.sink.paragraph(&comment);
            }
        }
    }

    fn end_table(&mut self) {
        if self.table.as_mut().is_some_and(|table| table.end(self.sink)) {
            self.table = None;
        }
    }
}
