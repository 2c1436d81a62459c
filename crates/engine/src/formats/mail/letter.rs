//! The lines above a letter.

use crate::text::{Inline, one_line};
use crate::{ReadContext, TextSink};
use model::Attachment;

/// The head of a letter. Fields that it does not have are empty.
#[derive(Default)]
pub struct Letter {
    pub subject: String,
    pub from: String,
    pub to: String,
    pub cc: String,
    /// When it was sent, in ISO 8601.
    pub date: Option<String>,
    pub attachments: Vec<Attachment>,
}

impl Letter {
    /// Writes the head, and tells the context whose letter it is.
    pub fn write_head(&self, context: &mut ReadContext<'_>, sink: &mut TextSink) {
        context.facts.title = one_line(&self.subject);
        context.facts.author = one_line(&self.from);
        context.facts.created.clone_from(&self.date);
        self.write_subject_and_lines(sink);
    }

    /// Writes the head of a letter inside of another.
    pub fn write_subject_and_lines(&self, sink: &mut TextSink) {
        sink.heading(1, &inline(&self.subject));
        let date = self.date.clone().unwrap_or_default();
        let lines = [("From", &self.from), ("To", &self.to), ("Cc", &self.cc), ("Date", &date)];
        for (name, value) in lines.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            let mut line = inline(&format!("{name}: "));
            // An address in angle brackets would be a tag or a link of its own.
            line.push_differing(value.trim(), &value.trim().replace('<', "\\<"));
            sink.item(0, "-", &line);
        }
        sink.end_list();
    }
}

fn inline(text: &str) -> Inline {
    let mut inline = Inline::default();
    inline.push(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if text.ends_with(' ') {
        inline.push(" ");
    }
    inline
}
