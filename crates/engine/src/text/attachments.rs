//! The list of the files inside of a document, the same for all that have one.

use super::{Inline, TextSink, one_line};
use crate::ReadContext;
use model::Attachment;

/// Files that are listed.
pub const MAX_ATTACHMENTS: usize = 1000;

/// Lists files inside of the document after what was written of it, and among its facts.
pub fn list_attachments(files: Vec<Attachment>, context: &mut ReadContext<'_>, sink: &mut TextSink) {
    if files.is_empty() {
        return;
    }
    sink.heading(2, &inline("Attachments"));
    sink.row(&["Name", "Type", "Size"].map(inline), true);
    for Attachment { name, size_bytes, mime } in files.into_iter().take(MAX_ATTACHMENTS) {
        let name = one_line(&name).unwrap_or_else(|| "(no name)".into());
        let mime = mime.and_then(|mime| one_line(&mime));
        let size = size_bytes.map(size).unwrap_or_default();
        sink.row(&[&name, mime.as_deref().unwrap_or_default(), &size].map(inline), false);
        if context.facts.attachments.len() < MAX_ATTACHMENTS {
            context.facts.attachments.push(Attachment { name, size_bytes, mime });
        }
    }
    sink.end_table();
}

fn inline(text: &str) -> Inline {
    let mut inline = Inline::default();
    inline.push(text);
    inline
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
