//! What the OpenDocument formats have in common: their text as it streams by.

use crate::package::Package;
use crate::text::{Inline, one_line};
use crate::xml::{Node, Tag, Xml};
use crate::{Error, Job, Source, TextSink};
use model::Reason;

/// Columns that a row may repeat; sheets are formatted to their last column and mean nothing by it.
const MOST_REPEATS: usize = 64;

/// How the parts of a document are pages.
#[derive(Clone, Copy, PartialEq)]
pub enum Pages {
    None,
    /// Every slide.
    Slides,
    /// Every sheet.
    Sheets,
}

/// Reads `content.xml`, and the document's title and author.
pub fn read_odf(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink, pages: Pages) -> Result<(), Error> {
    let mut package = Package::open(input, job.limits)?;
    let manifest = package.small_part("META-INF/manifest.xml")?.unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(Error::rejected(Reason::Encrypted, "The document is protected with a password."));
    }
    if let Some(meta) = package.part("meta.xml")? {
        read_meta(Xml::new(meta, job.limits)?, job)?;
    }
    let content = package.part("content.xml")?.ok_or_else(|| Error::malformed("The document has no text part."))?;
    let mut xml = Xml::new(content, job.limits)?;
    let mut body =
        Body { sink, pages, count: 0, open: vec![], lists: 0, table: None, note: 0, skipped: 0, in_body: false };
    while let Some(()) = xml.next(|node| body.take(node))? {
        if body.sink.is_full() {
            break;
        }
    }
    if pages != Pages::None {
        job.facts.pages = Some(body.count);
    }
    Ok(())
}

fn read_meta(mut xml: Xml<'_>, job: &mut Job<'_>) -> Result<(), Error> {
    let (mut title, mut author, mut inside) = (String::new(), String::new(), String::new());
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => inside = tag.name().to_owned(),
        Node::End(_) => inside.clear(),
        Node::Text(text) if inside == "title" => title.push_str(text),
        Node::Text(text) if inside == "initial-creator" || (inside == "creator" && author.is_empty()) => {
            author.push_str(text)
        }
        Node::Text(_) => {}
    })? {}
    job.facts.title = one_line(&title);
    job.facts.author = one_line(&author);
    Ok(())
}

struct Body<'s> {
    sink: &'s mut TextSink,
    pages: Pages,
    count: u32,
    /// Paragraphs that are open: the text, the level of a heading, and where its links begin.
    open: Vec<Block>,
    lists: usize,
    table: Option<Table>,
    note: usize,
    skipped: u32,
    in_body: bool,
}

#[derive(Default)]
struct Block {
    text: Inline,
    level: usize,
    links: Vec<(usize, String)>,
}

#[derive(Default)]
struct Table {
    depth: usize,
    rows: usize,
    cells: Vec<Inline>,
    repeats: usize,
}

impl Body<'_> {
    fn take(&mut self, node: Node<'_>) {
        match node {
            Node::Start(_) if self.skipped > 0 => self.skipped += 1,
            Node::End(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Text(_) if self.skipped > 0 => {}
            Node::Start(tag) => self.start(&tag),
            Node::Text(text) => self.open.last_mut().into_iter().for_each(|block| block.text.push(text)),
            Node::End(name) => self.end(name),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.attribute(name).and_then(|value| value.parse::<usize>().ok());
        match tag.name() {
            "body" => self.in_body = true,
            "tracked-changes" | "forms" | "annotation-end" => self.skipped = 1,
            "p" if self.in_body => self.open.push(Block::default()),
            "h" if self.in_body => {
                self.open.push(Block { level: number("outline-level").unwrap_or(1), ..Block::default() })
            }
            "s" => self.push(&" ".repeat(number("c").unwrap_or(1).min(80))),
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            "a" => {
                if let (Some(block), Some(target)) = (self.open.last_mut(), tag.attribute("href")) {
                    block.links.push((block.text.markdown.len(), target));
                }
            }
            "note" => self.note += 1,
            "note-body" => self.push(" ("),
            "list" => self.lists += 1,
            "page" if self.pages == Pages::Slides => self.begin_page(),
            "table" => self.start_table(tag),
            "table-row" => self.table.iter_mut().filter(|table| table.depth == 1).for_each(|table| table.cells.clear()),
            "table-cell" | "covered-table-cell" => {
                if let Some(table) = self.table.as_mut().filter(|table| table.depth == 1) {
                    table.repeats = number("number-columns-repeated").unwrap_or(1).clamp(1, MOST_REPEATS);
                    table.cells.push(Inline::default());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "body" => self.in_body = false,
            "p" | "h" => self.end_block(),
            "a" => {
                if let Some(block) = self.open.last_mut()
                    && let Some((start, target)) = block.links.pop()
                {
                    block.text.end_link(start, &target);
                }
            }
            "note" => self.note = self.note.saturating_sub(1),
            "note-body" => self.push(")"),
            "list" => {
                self.lists = self.lists.saturating_sub(1);
                if self.lists == 0 && self.table.is_none() {
                    self.sink.end_list();
                }
            }
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "table-row" => self.end_row(),
            "table" => self.end_table(),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        self.open.last_mut().into_iter().for_each(|block| block.text.push(text));
    }

    fn begin_page(&mut self) {
        self.sink.begin_page();
        self.count += 1;
    }

    fn start_table(&mut self, tag: &Tag<'_>) {
        if let Some(table) = &mut self.table {
            table.depth += 1;
            return;
        }
        if self.pages == Pages::Sheets {
            self.begin_page();
            let mut name = Inline::default();
            name.push(&tag.attribute("name").unwrap_or_default());
            self.sink.heading(2, &name);
        }
        self.table = Some(Table { depth: 1, ..Table::default() });
    }

    fn end_block(&mut self) {
        let Some(block) = self.open.pop() else { return };
        // A paragraph of a note or a frame belongs to the one around it.
        if let (Some(outer), true) = (self.open.last_mut(), self.note > 0) {
            outer.text.append(&block.text);
        } else if let Some(cell) = self.table.as_mut().and_then(|table| table.cells.last_mut()) {
            cell.push(if cell.is_blank() || block.text.is_blank() { "" } else { "\n" });
            cell.append(&block.text);
        } else if block.level > 0 {
            self.sink.heading(block.level, &block.text);
        } else if self.lists > 0 {
            self.sink.item(self.lists - 1, "-", &block.text);
        } else {
            self.sink.paragraph(&block.text);
        }
    }

    fn end_cell(&mut self) {
        if let Some(table) = self.table.as_mut().filter(|table| table.depth == 1)
            && let Some(cell) = table.cells.last().cloned()
        {
            table.cells.extend(std::iter::repeat_n(cell, std::mem::take(&mut table.repeats).saturating_sub(1)));
        }
    }

    fn end_row(&mut self) {
        let Some(table) = self.table.as_mut().filter(|table| table.depth == 1) else { return };
        let used = table.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last + 1);
        if used > 0 {
            self.sink.row(&table.cells[..used], table.rows == 0);
            table.rows += 1;
        }
        table.cells.clear();
    }

    fn end_table(&mut self) {
        let Some(table) = &mut self.table else { return };
        table.depth -= 1;
        if table.depth == 0 {
            if table.rows > 0 {
                self.sink.end_table();
            }
            self.table = None;
        }
    }
}
