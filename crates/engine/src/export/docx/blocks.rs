//! The events of a Markdown parser as the blocks of a Word document.

use super::package::{INDENT, Package, item};
use super::text::clean;
use crate::Error;
use docx_rs::{
    BreakType, BuildXML, Hyperlink, HyperlinkData, HyperlinkType, Paragraph, Run, RunFonts, Table, TableCell, TableRow,
};
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

/// The body of a document, as far as it is written.
pub struct BlockWriter {
    package: Package,
    /// What the open paragraph has so far.
    pieces: Vec<Piece>,
    bold: u32,
    italic: u32,
    struck: u32,
    /// The id of the open link's target.
    link: Option<String>,
    heading: Option<usize>,
    quotes: u32,
    lists: Vec<List>,
    /// What a code block has of its open line.
    code: Option<String>,
    /// Cells of the open row.
    cells: Vec<TableCell>,
    page_begins: bool,
}

enum Piece {
    Run(Run),
    Link(String, Run),
}

struct List {
    id: usize,
    /// The next paragraph is the item's first, which has its mark.
    item_begins: bool,
}

impl BlockWriter {
    pub fn new(package: Package) -> Self {
        Self {
            package,
            pieces: vec![],
            bold: 0,
            italic: 0,
            struck: 0,
            link: None,
            heading: None,
            quotes: 0,
            lists: vec![],
            code: None,
            cells: vec![],
            page_begins: false,
        }
    }

    /// Takes the parser's next event.
    pub fn take(&mut self, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => self.end(tag)?,
            Event::Text(text) if self.code.is_some() => self.code(&text)?,
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::Code(text) => {
                let mono = RunFonts::new().ascii("Consolas").hi_ansi("Consolas").cs("Consolas");
                let run = self.run().fonts(mono).add_text(clean(&text));
                self.push(run);
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::FootnoteReference(label) => self.text(&format!("[{label}]")),
            Event::SoftBreak | Event::HardBreak => {
                let run = self.run().add_break(BreakType::TextWrapping);
                self.push(run);
            }
            Event::Rule => self.flush()?,
            Event::TaskListMarker(done) => self.text(if done { "[x] " } else { "[ ] " }),
        }
        Ok(())
    }

    /// The package with everything in it.
    pub fn finish(mut self) -> Result<Package, Error> {
        self.flush()?;
        Ok(self.package)
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), Error> {
        match tag {
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { dest_url, .. } => self.link = self.target(&dest_url),
            Tag::Heading { level, .. } => {
                self.flush()?;
                self.heading = Some(level as usize);
            }
            Tag::CodeBlock(_) => {
                self.flush()?;
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) => {
                self.flush()?;
                self.quotes += 1;
            }
            Tag::List(start) => {
                self.flush()?;
                let id = self.package.list(start);
                self.lists.push(List { id, item_begins: false });
            }
            Tag::Item => {
                self.flush()?;
                if let Some(list) = self.lists.iter_mut().last() {
                    list.item_begins = true;
                }
            }
            Tag::FootnoteDefinition(label) => {
                self.flush()?;
                self.text(&format!("[{label}] "));
            }
            Tag::Table(columns) => {
                self.flush()?;
                let grid = vec![9000 / columns.len().max(1); columns.len()];
                let empty = Table::new(vec![]).set_grid(grid).build();
                self.package.raw(empty.strip_suffix(TABLE_END).unwrap_or(&empty))?;
            }
            Tag::Paragraph if self.pieces.iter().any(|piece| !matches!(piece, Piece::Run(_))) => self.flush()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Error> {
        match tag {
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Strikethrough => self.struck -= 1,
            TagEnd::Link => self.link = None,
            TagEnd::Heading(_) => {
                self.flush()?;
                self.heading = None;
            }
            TagEnd::CodeBlock => {
                let rest = self.code.take().unwrap_or_default();
                if !rest.is_empty() {
                    self.code_line(&rest)?;
                }
            }
            TagEnd::BlockQuote(_) => {
                self.flush()?;
                self.quotes -= 1;
            }
            TagEnd::List(_) => {
                self.flush()?;
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = TableCell::new().add_paragraph(self.paragraph());
                self.cells.push(cell);
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = TableRow::new(std::mem::take(&mut self.cells));
                self.package.block(&row)?;
            }
            TagEnd::Table => {
                self.package.raw(TABLE_END)?;
                // Between two tables there is a paragraph, or they are one.
                self.package.block(&Paragraph::new())?;
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock | TagEnd::FootnoteDefinition => self.flush()?,
            _ => {}
        }
        Ok(())
    }

    /// Comments of ours are where pages begin; other HTML is words of the document, as it was in the text.
    fn html(&mut self, html: &CowStr<'_>) {
        let word = html.trim();
        if let Some(page) = word.strip_prefix("<!-- page: ").and_then(|rest| rest.strip_suffix(" -->")) {
            self.page_begins = page != "1";
        } else if matches!(word, "<br>" | "<br/>" | "<br />") {
            let run = self.run().add_break(BreakType::TextWrapping);
            self.push(run);
        } else if !word.is_empty() {
            self.text(html.trim_end());
        }
    }

    fn text(&mut self, text: &str) {
        let run = self.run().add_text(clean(text));
        self.push(run);
    }

    fn run(&self) -> Run {
        let mut run = Run::new();
        if self.bold > 0 {
            run = run.bold();
        }
        if self.italic > 0 {
            run = run.italic();
        }
        if self.struck > 0 {
            run = run.strike();
        }
        if self.link.is_some() { run.color("0563C1").underline("single") } else { run }
    }

    fn push(&mut self, run: Run) {
        self.pieces.push(match &self.link {
            Some(id) => Piece::Link(id.clone(), run),
            None => Piece::Run(run),
        });
    }

    /// Only links that a person follows are links; the others are their words.
    fn target(&mut self, url: &str) -> Option<String> {
        let is_web = ["http://", "https://", "mailto:", "ftp://"].iter().any(|scheme| url.starts_with(scheme));
        is_web.then(|| self.package.link(&clean(url)))
    }

    /// Lines of code are paragraphs, so that a long listing is none.
    fn code(&mut self, text: &str) -> Result<(), Error> {
        for line in text.split_inclusive('\n') {
            let mut open = self.code.take().unwrap_or_default();
            open.push_str(line);
            if open.ends_with('\n') {
                self.code_line(open.trim_end_matches('\n'))?;
                open.clear();
            }
            self.code = Some(open);
        }
        Ok(())
    }

    fn code_line(&mut self, line: &str) -> Result<(), Error> {
        let paragraph = Paragraph::new().style("Code").add_run(Run::new().add_text(clean(line)));
        self.package.block(&paragraph)
    }

    /// Writes the open paragraph, if there is one.
    fn flush(&mut self) -> Result<(), Error> {
        if self.pieces.is_empty() {
            return Ok(());
        }
        let depth = self.lists.len();
        let mut paragraph = self.paragraph();
        if let Some(level) = self.heading {
            paragraph = paragraph.style(&format!("Heading{level}"));
        } else if let Some(list) = self.lists.last_mut() {
            paragraph = if std::mem::take(&mut list.item_begins) {
                let (list, level) = item(list.id, depth - 1);
                paragraph.numbering(list, level)
            } else {
                paragraph.indent(Some(INDENT * depth as i32), None, None, None)
            };
        } else if self.quotes > 0 {
            paragraph = paragraph.style("Quote").indent(Some(INDENT * self.quotes as i32), None, None, None);
        }
        if std::mem::take(&mut self.page_begins) {
            paragraph = paragraph.page_break_before(true);
        }
        self.package.block(&paragraph)
    }

    fn paragraph(&mut self) -> Paragraph {
        self.pieces.drain(..).fold(Paragraph::new(), |paragraph, piece| match piece {
            Piece::Run(run) => paragraph.add_run(run),
            Piece::Link(rid, run) => {
                let mut link = Hyperlink::new("", HyperlinkType::External).add_run(run);
                link.link = HyperlinkData::External { rid, path: String::new() };
                paragraph.add_hyperlink(link)
            }
        })
    }
}

const TABLE_END: &[u8] = b"</w:tbl>";
