//! Paragraphs of documents that say of each whether it is a heading or an item, and with which number.

use super::{Inline, TextSink};

/// Writes paragraphs as what they are, and ends a list before whatever is no item of it.
#[derive(Default)]
pub struct ParagraphWriter {
    in_list: bool,
}

impl ParagraphWriter {
    /// Writes a paragraph: a heading of that level; an item, `depth` from 0, if there is a `marker`, its number or `-`; or text.
    pub fn write(
        &mut self,
        heading: Option<usize>,
        marker: Option<&str>,
        depth: usize,
        text: &Inline,
        sink: &mut TextSink,
    ) {
        match (heading, marker) {
            (Some(level), marker) => {
                self.end_list(sink);
                let mut title = Inline::default();
                if let Some(number) = marker.filter(|marker| *marker != "-") {
                    title.push(&format!("{number} "));
                }
                title.append(text);
                sink.heading(level, &title);
            }
            (None, Some(marker)) => {
                self.in_list = true;
                sink.item(depth, marker, text);
            }
            (None, None) => {
                self.end_list(sink);
                sink.paragraph(text);
            }
        }
    }

    /// Ends the list that is open, if one is.
    pub fn end_list(&mut self, sink: &mut TextSink) {
        if std::mem::take(&mut self.in_list) {
            sink.end_list();
        }
    }
}
