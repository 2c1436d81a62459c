//! Blocks of a structured document, written to the sink in both renditions.

use super::emphasis::Marked;
use super::items::Start;
use super::{TextSink, escape_comment};
use std::borrow::Cow;

/// Text inside of a block while it is put together, in both renditions.
#[derive(Debug, Default, Clone)]
pub struct Inline {
    plain: String,
    /// The Markdown, from when it differs.
    markdown: Option<String>,
    /// What was emphasised last.
    pub(super) marked: Option<Marked>,
}

impl Inline {
    /// Adds text.
    pub fn push(&mut self, text: &str) {
        self.close_marks(text);
        self.plain.push_str(text);
        if let Some(markdown) = &mut self.markdown {
            markdown.push_str(text);
        }
    }

    /// Adds text that Markdown writes differently.
    pub fn push_differing(&mut self, plain: &str, markdown: &str) {
        self.close_marks(markdown);
        self.own_markdown().push_str(markdown);
        self.plain.push_str(plain);
    }

    /// Adds other inline text.
    pub fn append(&mut self, other: &Inline) {
        self.close_marks(other.markdown());
        match (&mut self.markdown, &other.markdown) {
            (None, None) => {}
            _ => self.own_markdown().push_str(other.markdown()),
        }
        self.plain.push_str(&other.plain);
    }

    /// Adds a line of its own, as a cell has them; an item of a list with its number or dash, in Markdown only.
    pub fn push_line(&mut self, marker: Option<&str>, line: &Inline) {
        if !self.is_blank() {
            self.push("\n");
        }
        if let Some(marker) = marker {
            self.push_differing("", &format!("{marker} "));
        }
        self.append(line);
    }

    /// Takes the text out, and leaves none.
    pub fn clear(&mut self) {
        self.plain.clear();
        self.markdown = None;
        self.marked = None;
    }

    /// The plain text.
    pub fn plain(&self) -> &str {
        &self.plain
    }

    /// The Markdown.
    pub fn markdown(&self) -> &str {
        self.markdown.as_deref().unwrap_or(&self.plain)
    }

    /// Where a link begins whose text comes next.
    pub fn link_start(&mut self) -> usize {
        self.marked = None;
        self.markdown().len()
    }

    /// Ends a link that began at this place of the Markdown. The plain text keeps to the words. True when the
    /// target was one for people to follow.
    pub fn end_link(&mut self, start: usize, target: &str) -> bool {
        let is_web = ["http://", "https://", "mailto:", "ftp://"].iter().any(|scheme| target.starts_with(scheme));
        let Some(label) = self.markdown().get(start..) else { return false };
        if !is_web || label.trim().is_empty() || target.len() > 2000 || target.contains(char::is_whitespace) {
            return false;
        }
        let label = label.replace(['[', ']'], "");
        self.marked = None;
        let target = target.replace('(', "%28").replace(')', "%29");
        let markdown = self.own_markdown();
        markdown.truncate(start);
        markdown.push_str(&format!("[{label}]({target})"));
        true
    }

    pub fn is_blank(&self) -> bool {
        self.plain.trim().is_empty()
    }

    pub(super) fn push_plain(&mut self, text: &str) {
        self.plain.push_str(text);
    }

    /// The Markdown, from now on one of its own.
    pub(super) fn own_markdown(&mut self) -> &mut String {
        self.markdown.get_or_insert_with(|| self.plain.clone())
    }
}

impl TextSink<'_> {
    /// A heading, level 1 to 6.
    pub fn heading(&mut self, level: usize, text: &Inline) {
        self.items.close(0);
        self.block(text, "\n\n", &format!("{} ", "#".repeat(level.clamp(1, 6))), Between::Space);
    }

    /// A paragraph. It ends the lists before it.
    pub fn paragraph(&mut self, text: &Inline) {
        self.items.close(0);
        self.block(text, "\n\n", "", Between::Line(0));
    }

    /// An item of a list, `depth` from 0. Its number or dash is the list's, not the text's: Markdown only.
    pub fn item(&mut self, depth: usize, marker: &str, text: &Inline) {
        if text.is_blank() {
            return;
        }
        let Start { is_apart, before, column } = self.items.start(depth, marker);
        if is_apart {
            self.stream_markdown("\n");
        }
        self.block(text, "\n", &before, Between::Line(column));
    }

    /// A further paragraph of the item of that depth.
    pub fn paragraph_of_item(&mut self, depth: usize, text: &Inline) {
        if text.is_blank() {
            return;
        }
        let column = self.items.back_to(depth);
        self.stream_markdown("\n");
        self.block(text, "\n\n", &" ".repeat(column), Between::Line(column));
    }

    /// Ends a list, so that what follows is not part of it.
    pub fn end_list(&mut self) {
        self.items.close(0);
        self.stream("\n");
    }

    /// Lines that are to stay as they are: a block of code in Markdown, whose fence is longer than any in it.
    pub fn code(&mut self, text: &Inline) {
        let code = text.plain.trim_start_matches('\n').trim_end();
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        self.items.close(0);
        let fence = "`".repeat(longest.saturating_add(1).max(3));
        self.stream_markdown(&format!("{fence}\n"));
        match escape_comment(code) {
            Cow::Borrowed(code) => self.stream(code),
            Cow::Owned(markdown) => {
                self.stream_plain(code);
                self.stream_markdown(&markdown);
            }
        }
        self.stream_plain("\n\n");
        self.stream_markdown(&format!("\n{fence}\n\n"));
    }

    /// A row of a table. The first is its header.
    pub fn row(&mut self, cells: &[Inline], is_first: bool) {
        for (index, cell) in cells.iter().enumerate() {
            self.stream_plain(if index > 0 { "\t" } else { "" });
            let text = cell.plain.trim();
            match text.contains(['\n', '\t']) {
                true => self.stream_plain(&text.replace(['\n', '\t'], " ")),
                false => self.stream_plain(text),
            }
        }
        self.stream_plain("\n");
        if is_first {
            self.flush_table();
            self.table.end();
        }
        let markdown: Vec<Cow<'_, str>> = cells.iter().map(|cell| escape_comment(cell.markdown())).collect();
        if self.table.push(&markdown) {
            self.flush_table();
        }
    }

    /// Ends a table.
    pub fn end_table(&mut self) {
        self.flush_table();
        self.table.end();
        self.stream("\n");
    }

    /// From here on blocks are quotations, `depth` of them around each other; 0 ends them. Markdown only.
    pub fn quote(&mut self, depth: usize) {
        self.quoted = depth.min(MAX_QUOTED);
    }

    /// Writes a block. In Markdown, `before` stands before its first line, and `between` says what is between two.
    fn block(&mut self, text: &Inline, after: &str, before: &str, between: Between) {
        if text.is_blank() {
            return;
        }
        let quote = "> ".repeat(self.quoted);
        if !quote.is_empty() || !before.is_empty() {
            self.stream_markdown(&format!("{quote}{before}"));
        }
        // Only the whole block shows all comments: the pieces it comes in may each hold a part of one.
        let (plain, markdown) = (text.plain.trim(), escape_comment(text.markdown().trim()));
        if !plain.contains('\n') || lines(plain) != lines(&markdown) {
            self.line(plain, &markdown);
        } else {
            let mut previous = "";
            for (index, (plain, markdown)) in plain.split('\n').zip(markdown.split('\n')).enumerate() {
                if index > 0 {
                    self.stream_plain("\n");
                    self.stream_markdown(&match between {
                        Between::Space => " ".into(),
                        // Two spaces end a line within a paragraph (CommonMark, section 6.7).
                        Between::Line(column) => {
                            let end = if previous.trim().is_empty() || markdown.trim().is_empty() { "" } else { "  " };
                            format!("{end}\n{quote}{:column$}", "")
                        }
                    });
                }
                self.line(plain, markdown);
                previous = markdown;
            }
        }
        self.stream(after);
    }

    /// Writes what both renditions of a line have alike once.
    fn line(&mut self, plain: &str, markdown: &str) {
        let (before, rest) = markdown.split_at(shared_start(plain, markdown));
        let (own, after_own) = rest.split_at(rest.len() - shared_end(&plain[before.len()..], rest));
        let plain_own = &plain[before.len()..plain.len() - after_own.len()];
        if !before.is_empty() {
            self.stream(before);
        }
        if (own, plain_own) != ("", "") {
            self.stream_plain(plain_own);
            self.stream_markdown(own);
        }
        if !after_own.is_empty() {
            self.stream(after_own);
        }
    }
}

/// What is between the lines of a block in Markdown.
#[derive(Clone, Copy)]
enum Between {
    /// Nothing but a space: it has to be one line.
    Space,
    /// The end of a line. The next one begins at that column.
    Line(usize),
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// Quotations around each other that are told apart.
const MAX_QUOTED: usize = 8;

/// Bytes from which what both renditions of a block begin or end with is written once. Words in bold leave most of a long paragraph
/// alike, and what is alike is not held.
const WORTH_SHARING: usize = 100;

/// How much both begin with, up to a space: nothing after one combines with what is before.
fn shared_start(one: &str, other: &str) -> usize {
    if one == other {
        return one.len();
    }
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let end = one.as_bytes()[..same].iter().rposition(|byte| *byte == b' ').unwrap_or(0);
    if end >= WORTH_SHARING { end } else { 0 }
}

/// How much both end with, from a space.
fn shared_end(one: &str, other: &str) -> usize {
    let same = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let from = one.as_bytes()[one.len() - same..].iter().position(|byte| *byte == b' ');
    from.map(|from| same - from).filter(|same| *same >= WORTH_SHARING).unwrap_or(0)
}
