//! Pages on their way to the sink. They wait for the ones after them, which tell headings from text and the edges of
//! pages from what is on them.

use super::order::Line;
use super::outline::Outline;
use super::paragraphs::{Headings, Sizes, write_markdown, write_plain};
use super::running::Running;
use crate::TextSink;
use model::Attachment;
use std::collections::VecDeque;

/// Pages that wait.
const AHEAD: usize = 3;

/// One page that was read.
pub struct PageText {
    pub lines: Vec<Line>,
    /// Texts that are not drawn on the page.
    pub notes: Vec<String>,
    pub height: f64,
}

/// Writes pages in their order.
pub struct Writer {
    outline: Outline,
    waiting: VecDeque<PageText>,
    sizes: Sizes,
    running: Running,
    /// Number of pages written.
    written: usize,
}

impl Writer {
    pub fn new(outline: Outline) -> Self {
        let (waiting, sizes, running) = (VecDeque::new(), Sizes::default(), Running::default());
        Self { outline, waiting, sizes, running, written: 0 }
    }

    /// Takes the next page.
    pub fn add(&mut self, page: PageText, sink: &mut TextSink) {
        self.sizes.add(&page.lines);
        self.running.add(&page.lines, page.height);
        self.waiting.push_back(page);
        if self.waiting.len() > AHEAD {
            self.write_one(sink);
        }
    }

    /// Writes what still waits, and after it the list of the files inside of the document.
    pub fn finish(mut self, attachments: &[Attachment], sink: &mut TextSink) {
        while !self.waiting.is_empty() {
            self.write_one(sink);
        }
        if attachments.is_empty() {
            return;
        }
        sink.stream_markdown("## Attachments\n\n");
        for Attachment { name, size_bytes, mime } in attachments {
            let about: Vec<String> =
                mime.iter().cloned().chain(size_bytes.map(|bytes| format!("{bytes} bytes"))).collect();
            let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
            sink.stream_markdown(&format!("- {}{about}\n", crate::text::escape_comment(name)));
        }
    }

    fn write_one(&mut self, sink: &mut TextSink) {
        let Some(page) = self.waiting.pop_front() else { return };
        sink.begin_page();
        write_plain(&page.lines, sink);
        let headings = Headings { sizes: &self.sizes, outline: &self.outline, page: self.written };
        write_markdown(&self.running.strip(&page.lines, page.height), &headings, sink);
        for note in &page.notes {
            sink.stream(note);
            sink.stream("\n\n");
        }
        self.written += 1;
    }
}
