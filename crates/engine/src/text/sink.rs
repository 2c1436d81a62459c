//! Where documents put their text. The sink makes it clean (NFC, no control characters), keeps it within its limit,
//! and knows where every page begins.

use super::forms::Forms;
use super::language::language;
use super::table::Table;
use crate::{Error, Job, Output};
use model::{EXTRACTED_TEXT, MARKDOWN, PAGES, PageSpan, count_words};

/// Collects a document's text twice, as plain text and as Markdown.
pub struct TextSink {
    forms: Forms,
    /// Rows of the open table whose width is not known yet.
    pub(super) table: Table,
    pages: Vec<PageSpan>,
    /// Where the open page begins in the plain text: in characters and in bytes.
    page_start: (u64, usize),
    /// The text is for programs: words in it say nothing of a language.
    is_code: bool,
}

impl TextSink {
    pub(crate) fn new(limit_bytes: u64) -> Self {
        let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
        let (forms, table) = (Forms::new(limit), Table::default());
        Self { forms, table, pages: vec![], page_start: (0, 0), is_code: false }
    }

    /// True when more text would be cut: time to stop reading.
    pub fn is_full(&self) -> bool {
        self.forms.is_cut()
    }

    /// True when nothing was written.
    pub fn is_empty(&self) -> bool {
        self.forms.plain().is_empty()
    }

    /// Says that the text is source code or the like, and so in no language of people.
    pub fn mark_code(&mut self) {
        self.is_code = true;
    }

    /// Begins the next page; pages are numbered from 1. What was written before the first one belongs to it.
    pub fn begin_page(&mut self) {
        self.settle_table();
        let number = if self.pages.is_empty() { 1 } else { self.close_page() + 1 };
        let anchor = format!("<!-- page: {number} -->\n\n");
        if number > 1 {
            self.forms.push_raw("\u{c}", &format!("\n{anchor}"));
            let end = self.forms.plain().len();
            self.page_start = (self.page_start.0 + (end - self.page_start.1) as u64, end);
        } else {
            self.forms.push_raw("", &anchor);
        }
        self.pages.push(PageSpan { page: number, start: self.page_start.0, end: self.page_start.0 });
    }

    /// Text as it is, in pieces of any size, into both forms.
    pub fn stream(&mut self, text: &str) {
        self.settle_table();
        self.forms.push(text);
    }

    /// Text as it is, into the plain form only.
    pub fn stream_plain(&mut self, text: &str) {
        self.forms.push_plain(text);
    }

    /// Text as it is, into the Markdown form only.
    pub fn stream_markdown(&mut self, text: &str) {
        self.settle_table();
        self.forms.push_markdown(text);
    }

    /// Writes the rows that were held to learn how wide their table is.
    pub(super) fn settle_table(&mut self) {
        if let Some(rows) = self.table.take() {
            self.forms.push_markdown(&rows);
        }
    }

    /// Counts, notes a cut, and writes the artifacts. A document without any text has none.
    pub(crate) fn finish(mut self, job: &mut Job<'_>, output: &mut Output<'_>) -> Result<(), Error> {
        self.settle_table();
        if self.pages.is_empty() {
            self.pages.push(PageSpan { page: 1, start: 0, end: 0 });
        }
        self.close_page();
        let characters = self.page_start.0;
        let text = self.forms.finish();
        if text.plain.trim().is_empty() {
            return Ok(());
        }
        if text.cut {
            let megabytes = job.limits.text_bytes as f64 / (1 << 20) as f64;
            job.missing("text-cut", format!("Only the first {megabytes:.0} MB of the text were kept."));
        }
        job.facts.words = Some(count_words(&text.plain));
        job.facts.language = match self.is_code {
            true => None,
            false => best_language(language(&text.plain), job.facts.language.take()),
        };
        job.facts.characters = Some(characters);
        let pages = serde_json::to_vec(&self.pages).map_err(|cause| Error::Io(cause.into()))?;
        output.put(EXTRACTED_TEXT, "text/plain; charset=utf-8", text.plain.as_bytes())?;
        output.put_pieces(MARKDOWN, "text/markdown; charset=utf-8", text.markdown().map(str::as_bytes))?;
        output.put(PAGES, "application/json", &pages)
    }

    /// Sets the end of the open page, and gives its number.
    fn close_page(&mut self) -> u32 {
        self.forms.settle();
        let (start, byte) = self.page_start;
        let end = start + self.forms.plain()[byte..].chars().count() as u64;
        self.page_start = (end, self.forms.plain().len());
        let Some(page) = self.pages.last_mut() else { return 0 };
        page.end = end;
        page.page
    }
}

/// What the text is in counts more than what it says it is in, which tools fill in unasked; where both agree, the latter may say
/// more (`de-CH`).
fn best_language(found: Option<&str>, said: Option<String>) -> Option<String> {
    match (found, said) {
        (Some(found), Some(said)) if said.split('-').next() != Some(found) => Some(found.into()),
        (found, said) => said.or(found.map(str::to_owned)),
    }
}
