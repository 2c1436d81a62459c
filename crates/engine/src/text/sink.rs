//! Where documents put their text. The sink makes it clean (NFC, no control characters), keeps it within its limit, knows where
//! every page begins, and writes the plain text out as it grows.

use super::items::Items;
use super::language::language;
use super::renditions::{Piece, Renditions};
use super::table::Table;
use crate::{Error, Output, ReadContext};
use model::{EXTRACTED_TEXT, MARKDOWN, PAGES, PageSpan, WordCounter};
use std::ops::Range;

/// Bytes of plain text that are held before they are written.
const HELD_BYTES: usize = 64 << 10;

/// Takes a document's text twice, as plain text and as Markdown.
pub struct TextSink<'o> {
    renditions: Renditions,
    /// Rows of the open table whose width is not known yet.
    pub(super) table: Table,
    /// Quotations that blocks stand in.
    pub(super) quoted: usize,
    /// Items of lists that are open.
    pub(super) items: Items,
    pages: Vec<PageSpan>,
    /// How far the characters of the plain text were counted: characters and bytes.
    counted: (u64, usize),
    written: Written<'o>,
    /// The text is for programs: words in it say nothing of a language.
    is_code: bool,
}

/// The plain text that was written.
struct Written<'o> {
    output: Output<'o>,
    words: WordCounter,
    /// White space that is written when anything comes after it.
    blank: Option<String>,
    /// Why nothing more can be written.
    failure: Option<Error>,
}

impl Written<'_> {
    fn add(&mut self, text: &str) {
        self.words.add(text);
        if let Some(blank) = &mut self.blank {
            blank.push_str(text);
            if text.trim().is_empty() {
                return;
            }
        }
        match self.blank.take() {
            Some(all) => self.write(&all),
            None => self.write(text),
        }
    }

    fn write(&mut self, text: &str) {
        if self.failure.is_none() {
            self.failure = self.output.write(text.as_bytes()).err();
        }
    }
}

impl<'o> TextSink<'o> {
    pub(crate) fn new(limit_bytes: u64, output: Output<'o>) -> Self {
        let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
        let (renditions, table) = (Renditions::new(limit), Table::default());
        let written = Written { output, words: WordCounter::default(), blank: Some(String::new()), failure: None };
        Self {
            renditions,
            table,
            quoted: 0,
            items: Items::default(),
            pages: vec![],
            counted: (0, 0),
            written,
            is_code: false,
        }
    }

    /// True when more text would be cut, or cannot be written: time to stop reading.
    pub fn is_full(&self) -> bool {
        self.renditions.is_cut() || self.written.failure.is_some()
    }

    /// True when nothing was written.
    pub fn is_empty(&self) -> bool {
        self.renditions.len() == 0
    }

    /// Says that the text is source code or the like, and so in no language of people.
    pub fn mark_code(&mut self) {
        self.is_code = true;
    }

    /// Begins the next page; pages are numbered from 1. What was written before the first one belongs to it.
    pub fn begin_page(&mut self) {
        self.flush_table();
        let number = if self.pages.is_empty() { 1 } else { self.close_page() + 1 };
        let anchor = format!("<!-- page: {number} -->\n\n");
        let mut start = 0;
        if number > 1 {
            self.renditions.push_raw("\u{c}", &format!("\n{anchor}"));
            self.count_characters();
            start = self.counted.0;
        } else {
            self.renditions.push_raw("", &anchor);
        }
        self.pages.push(PageSpan { page: number, start, end: start, confidence: None });
    }

    /// Text as it is, in pieces of any size, into both renditions.
    pub fn stream(&mut self, text: &str) {
        self.flush_table();
        self.renditions.push(text);
        self.hand_out();
    }

    /// Text as it is, into the plain text only.
    pub fn stream_plain(&mut self, text: &str) {
        self.renditions.push_plain(text);
        self.hand_out();
    }

    /// Targets of links at the end of the plain text, where they do not come between words.
    pub fn list_links(&mut self, targets: &[String]) {
        for target in targets {
            self.stream_plain(target);
            self.stream_plain("\n");
        }
    }

    /// Text as it is, into the Markdown only.
    pub fn stream_markdown(&mut self, text: &str) {
        self.flush_table();
        self.renditions.push_markdown(text);
    }

    /// Writes the rows that were held to learn how wide their table is.
    pub(super) fn flush_table(&mut self) {
        if let Some(rows) = self.table.take() {
            self.renditions.push_markdown(&rows);
        }
    }

    /// Counts, notes a cut, and writes the artifacts. A document without any text has none.
    pub(crate) fn finish(mut self, context: &mut ReadContext<'_>) -> Result<Output<'o>, Error> {
        self.flush_table();
        if self.pages.is_empty() {
            self.pages.push(PageSpan { page: 1, start: 0, end: 0, confidence: None });
        }
        self.close_page();
        let (characters, length) = self.counted;
        let text = self.renditions.finish();
        self.written.add(&text.plain);
        let Written { mut output, words, blank, failure } = self.written;
        if let Some(error) = failure {
            return Err(error);
        }
        if blank.is_some() {
            return Ok(output);
        }
        if text.cut {
            let megabytes = context.limits.text_bytes as f64 / (1 << 20) as f64;
            context.missing("text-cut", format!("Only the first {megabytes:.0} MB of the text were kept."));
        }
        let start = output.offset();
        output.end(EXTRACTED_TEXT, "text/plain; charset=utf-8", None);
        context.facts.words = Some(words.words());
        context.facts.language = match self.is_code {
            true => None,
            false => {
                let read = |offset: usize, bytes: &mut [u8]| output.read_back(bytes, start + offset as u64);
                best_language(language(length, read)?, context.facts.language.take())
            }
        };
        context.facts.characters = Some(characters);
        write_markdown(text.markdown(), start..start + length as u64, &mut output)?;
        output.end(MARKDOWN, "text/markdown; charset=utf-8", None);
        let pages = serde_json::to_vec(&self.pages).map_err(|cause| Error::Io(cause.into()))?;
        output.put(PAGES, "application/json", &pages)?;
        Ok(output)
    }

    /// Sets the end of the open page, and gives its number.
    fn close_page(&mut self) -> u32 {
        self.renditions.end_sequence();
        self.count_characters();
        let Some(page) = self.pages.last_mut() else { return 0 };
        page.end = self.counted.0;
        page.page
    }

    /// Writes what is settled of the plain text, when it has become much.
    fn hand_out(&mut self) {
        if self.renditions.held() < HELD_BYTES {
            return;
        }
        self.count_characters();
        self.renditions.hand_out(|text| self.written.add(text));
    }

    /// Counts the characters that were settled since the last time.
    fn count_characters(&mut self) {
        let (characters, bytes) = &mut self.counted;
        let settled = self.renditions.settled_since(*bytes);
        *characters += settled.chars().count() as u64;
        *bytes += settled.len();
    }
}

/// Writes the Markdown. What it shares is read from where the plain text was written.
fn write_markdown<'t>(
    pieces: impl Iterator<Item = Piece<'t>>,
    plain: Range<u64>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    // A window that moves over the plain text: the pieces are in its order, and many of them small.
    let mut window = vec![0; HELD_BYTES.min((plain.end - plain.start) as usize)];
    let mut from = plain.end;
    let mut held = 0;
    for piece in pieces {
        let (mut start, end) = match piece {
            Piece::Own(text) => {
                output.write(text.as_bytes())?;
                continue;
            }
            Piece::Shared(start, end) => (plain.start + start as u64, plain.start + end as u64),
        };
        while start < end {
            if start < from || start >= from + held as u64 {
                from = start;
                held = window.len().min((plain.end - from) as usize);
                output.read_back(&mut window[..held], from)?;
            }
            let offset = (start - from) as usize;
            let bytes = &window[offset..held.min(offset + (end - start) as usize)];
            output.write(bytes)?;
            start += bytes.len() as u64;
        }
    }
    Ok(())
}

/// What the text is in counts more than what it says it is in, which tools fill in unasked; where both agree, the latter may say
/// more (`de-CH`).
fn best_language(found: Option<&str>, said: Option<String>) -> Option<String> {
    match (found, said) {
        (Some(found), Some(said)) if said.split('-').next() != Some(found) => Some(found.into()),
        (found, said) => said.or(found.map(str::to_owned)),
    }
}
