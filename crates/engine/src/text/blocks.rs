//! Blocks of a structured document, written to the sink in both forms.

use super::{TextSink, escape_comment};

/// Text inside of a block while it is put together, in both forms.
#[derive(Debug, Default, Clone)]
pub struct Inline {
    pub plain: String,
    pub markdown: String,
}

impl Inline {
    /// Adds text.
    pub fn push(&mut self, text: &str) {
        self.plain.push_str(text);
        self.markdown.push_str(&escape_comment(text));
    }

    /// Adds other inline text.
    pub fn append(&mut self, other: &Inline) {
        self.plain.push_str(&other.plain);
        self.markdown.push_str(&other.markdown);
    }

    /// Ends a link that began at this place of the Markdown form. The plain form keeps to the words. True when the
    /// target was one for people to follow.
    pub fn end_link(&mut self, start: usize, target: &str) -> bool {
        let is_web = ["http://", "https://", "mailto:", "ftp://"].iter().any(|scheme| target.starts_with(scheme));
        let Some(label) = self.markdown.get(start..).map(str::to_owned) else { return false };
        if !is_web || label.trim().is_empty() || target.len() > 2000 || target.contains(char::is_whitespace) {
            return false;
        }
        self.markdown.truncate(start);
        let label = label.replace(['[', ']'], "");
        let target = target.replace('(', "%28").replace(')', "%29");
        self.markdown.push_str(&format!("[{label}]({target})"));
        true
    }

    pub fn is_blank(&self) -> bool {
        self.plain.trim().is_empty()
    }
}

impl TextSink {
    /// A heading, level 1 to 6.
    pub fn heading(&mut self, level: usize, text: &Inline) {
        self.block(text, "\n\n", &format!("{} ", "#".repeat(level.clamp(1, 6))));
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &Inline) {
        self.block(text, "\n\n", "");
    }

    /// An item of a list, `depth` from 0. Its number or dash is the list's, not the text's: Markdown only.
    pub fn item(&mut self, depth: usize, marker: &str, text: &Inline) {
        let indent = "  ".repeat(depth.min(8));
        self.block(text, "\n", &format!("{indent}{marker} "));
    }

    /// Ends a list, so that what follows is not part of it.
    pub fn end_list(&mut self) {
        self.stream("\n");
    }

    /// A row of a table. The first is its header.
    pub fn row(&mut self, cells: &[Inline], is_first: bool) {
        let plain: Vec<String> = cells.iter().map(|cell| cell.plain.trim().replace(['\n', '\t'], " ")).collect();
        let markdown: Vec<&str> = cells.iter().map(|cell| cell.markdown.as_str()).collect();
        self.stream_plain(&plain.join("\t"));
        self.stream_plain("\n");
        if is_first {
            self.settle_table();
            self.table.end();
        }
        if self.table.push(&markdown) {
            self.settle_table();
        }
    }

    /// Ends a table.
    pub fn end_table(&mut self) {
        self.settle_table();
        self.table.end();
        self.stream("\n");
    }

    fn block(&mut self, text: &Inline, after: &str, markdown_before: &str) {
        if text.is_blank() {
            return;
        }
        self.stream_plain(text.plain.trim());
        self.stream_plain(after);
        self.stream_markdown(markdown_before);
        self.stream_markdown(text.markdown.trim());
        self.stream_markdown(after);
    }
}
