//! What the OpenDocument formats have in common: their text as it streams by.

use crate::package::Package;
use crate::text::{Inline, iso_date, one_line};
use crate::xml::{Node, Tag, Xml};
use crate::{Error, Job, Source, TextSink};
use model::Reason;
use std::collections::HashSet;

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
    let around = match package.part("styles.xml")? {
        Some(styles) if pages != Pages::Sheets => read_around(Xml::new(styles, job.limits)?)?,
        _ => Around::default(),
    };
    for header in &around.headers {
        sink.paragraph(header);
    }
    let content = package.part("content.xml")?.ok_or_else(|| Error::malformed("The document has no text part."))?;
    let mut xml = Xml::new(content, job.limits)?;
    let numbered = around.numbered;
    let mut body = Body {
        sink: &mut *sink,
        pages,
        count: 0,
        open: vec![],
        lists: vec![],
        numbered,
        list_style: String::new(),
        titles: HashSet::new(),
        table: None,
        note: 0,
        skips: false,
        in_body: false,
    };
    while let Some(()) = xml.next(|node| body.take(node))? {
        if std::mem::take(&mut body.skips) {
            xml.skip_element()?;
        }
        if body.sink.is_full() {
            break;
        }
    }
    if pages != Pages::None {
        job.facts.pages = Some(body.count);
    }
    for footer in &around.footers {
        sink.paragraph(footer);
    }
    Ok(())
}

fn read_meta(mut xml: Xml<'_>, job: &mut Job<'_>) -> Result<(), Error> {
    let (mut title, mut author, mut inside) = (String::new(), String::new(), String::new());
    let (mut created, mut modified) = (String::new(), String::new());
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => inside = tag.name().to_owned(),
        Node::End(_) => inside.clear(),
        Node::Text(text) if inside == "title" => title.push_str(text),
        Node::Text(text) if inside == "initial-creator" || (inside == "creator" && author.is_empty()) => {
            author.push_str(text)
        }
        Node::Text(text) if inside == "creation-date" => created.push_str(text),
        Node::Text(text) if inside == "date" => modified.push_str(text),
        Node::Text(_) => {}
    })? {}
    job.facts.title = one_line(&title);
    job.facts.author = one_line(&author);
    job.facts.created = iso_date(&created);
    job.facts.modified = iso_date(&modified);
    Ok(())
}

/// What stands on every page, and the list styles that count.
#[derive(Default)]
struct Around {
    headers: Vec<Inline>,
    footers: Vec<Inline>,
    numbered: HashSet<String>,
}

/// Reads `styles.xml`. Several page styles may have the same header.
fn read_around(mut xml: Xml<'_>) -> Result<Around, Error> {
    let (mut around, mut text, mut list_style) = (Around::default(), Inline::default(), String::new());
    // Inside of a header, of a footer, of a paragraph.
    let (mut is_header, mut is_footer, mut in_text) = (false, false, 0u32);
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => match tag.name() {
            "header" | "header-left" | "header-first" => is_header = true,
            "footer" | "footer-left" | "footer-first" => is_footer = true,
            "frame" => is_footer |= tag.attribute("class").is_some_and(|class| class == "footer"),
            "p" | "h" if is_header || is_footer => in_text += 1,
            "tab" if in_text > 0 => text.push("\t"),
            "list-style" => list_style = tag.attribute("name").unwrap_or_default(),
            "list-level-style-number" if tag.attribute("level").is_some_and(|level| level == "1") => {
                around.numbered.insert(std::mem::take(&mut list_style));
            }
            _ => {}
        },
        Node::Text(piece) if in_text > 0 => text.push(piece),
        Node::Text(_) => {}
        Node::End("p" | "h") if in_text > 0 => {
            in_text -= 1;
            let text = std::mem::take(&mut text);
            let to = if is_header { &mut around.headers } else { &mut around.footers };
            if !text.is_blank() && to.len() < MOST_REPEATS && to.iter().all(|other| other.plain() != text.plain()) {
                to.push(text);
            }
        }
        Node::End("header" | "header-left" | "header-first") => is_header = false,
        Node::End("footer" | "footer-left" | "footer-first" | "frame") => is_footer = false,
        Node::End(_) => {}
    })? {}
    Ok(around)
}

struct Body<'s, 'o> {
    sink: &'s mut TextSink<'o>,
    pages: Pages,
    count: u32,
    /// Paragraphs that are open: the text, the level of a heading, and where its links begin.
    open: Vec<Block>,
    /// Open lists: how far each has counted, when it counts.
    lists: Vec<Option<u32>>,
    /// Names of the list styles that count.
    numbered: HashSet<String>,
    table: Option<Table>,
    /// The list style that is defined now, and the styles of titles.
    list_style: String,
    titles: HashSet<String>,
    note: usize,
    /// The element that begins is not read.
    skips: bool,
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

impl Body<'_, '_> {
    fn take(&mut self, node: Node<'_>) {
        match node {
            Node::Start(tag) => self.start(&tag),
            Node::Text(text) => self.open.last_mut().into_iter().for_each(|block| block.text.push(text)),
            Node::End(name) => self.end(name),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.attribute(name).and_then(|value| value.parse::<usize>().ok());
        match tag.name() {
            "body" => self.in_body = true,
            "tracked-changes" | "forms" | "annotation-end" => self.skips = true,
            "p" if self.in_body => {
                let is_title =
                    tag.attribute("style-name").is_some_and(|style| style == "Title" || self.titles.contains(&style));
                self.open.push(Block { level: usize::from(is_title), ..Block::default() });
            }
            "h" if self.in_body => {
                self.open.push(Block { level: number("outline-level").unwrap_or(1), ..Block::default() })
            }
            "s" => self.push(&" ".repeat(number("c").unwrap_or(1).min(80))),
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            "a" => {
                if let (Some(block), Some(target)) = (self.open.last_mut(), tag.attribute("href")) {
                    block.links.push((block.text.link_start(), target));
                }
            }
            "note" => self.note += 1,
            "note-body" => self.push(" ("),
            "list" => {
                let is_numbered = match tag.attribute("style-name") {
                    Some(style) => self.numbered.contains(&style),
                    None => self.lists.last().is_some_and(Option::is_some),
                };
                self.lists.push(is_numbered.then_some(0));
            }
            "list-item" => self.lists.last_mut().into_iter().flatten().for_each(|count| *count += 1),
            "list-style" if !self.in_body => self.list_style = tag.attribute("name").unwrap_or_default(),
            "list-level-style-number" if !self.in_body && number("level") == Some(1) => {
                self.numbered.insert(std::mem::take(&mut self.list_style));
            }
            "style" if !self.in_body => {
                let base = tag.attribute("parent-style-name");
                self.titles.extend(tag.attribute("name").filter(|_| base.is_some_and(|base| base == "Title")));
            }
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
                self.lists.pop();
                if self.lists.is_empty() && self.table.is_none() {
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
        } else if let Some(list) = self.lists.last() {
            let marker = list.map_or_else(|| "-".into(), |count| format!("{}.", count.max(1)));
            self.sink.item(self.lists.len() - 1, &marker, &block.text);
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
