//! The lines above a letter and the list of what is attached to it.

use crate::text::{Inline, one_line};
use crate::{Job, TextSink};

/// Attachments that are listed.
const MOST_ATTACHMENTS: usize = 1000;

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

/// A file that came with a letter.
pub struct Attachment {
    pub name: String,
    pub mime: String,
    pub size_bytes: u64,
}

impl Letter {
    /// Writes the head, and tells the job whose letter it is.
    pub fn write_head(&self, job: &mut Job<'_>, sink: &mut TextSink) {
        job.facts.title = one_line(&self.subject);
        job.facts.author = one_line(&self.from);
        job.facts.created.clone_from(&self.date);
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
            line.push_forms(value.trim(), &value.trim().replace('<', "\\<"));
            sink.item(0, "-", &line);
        }
        sink.end_list();
    }

    /// Writes the list of attachments.
    pub fn write_attachments(&self, sink: &mut TextSink) {
        if self.attachments.is_empty() {
            return;
        }
        sink.heading(2, &inline("Attachments"));
        sink.row(&["Name", "Type", "Size"].map(inline), true);
        for file in self.attachments.iter().take(MOST_ATTACHMENTS) {
            let name = one_line(&file.name).unwrap_or_else(|| "(no name)".into());
            let mime = one_line(&file.mime).unwrap_or_default();
            sink.row(&[name, mime, size(file.size_bytes)].map(|cell| inline(&cell)), false);
        }
        sink.end_table();
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

fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
