//! Runs the engine on bytes and gives back what it made.

use model::{Limits, Outcome, PageSpan, Reason, Report, Request, Task};
use std::io::{Cursor, Write};

/// What a run made.
pub struct Made {
    pub report: Report,
    pub plain: String,
    pub markdown: String,
    pub pages: Vec<PageSpan>,
}

impl Made {
    pub fn reason(&self) -> Option<Reason> {
        match &self.report.outcome {
            Outcome::Rejected { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    pub fn warnings(&self) -> Vec<&str> {
        self.report.warnings.iter().map(|warning| warning.code.as_str()).collect()
    }
}

pub fn extract(bytes: &[u8], extension: &str) -> Made {
    extract_within(bytes, extension, Limits::default())
}

pub fn extract_within(bytes: &[u8], extension: &str, limits: Limits) -> Made {
    let extension = (!extension.is_empty()).then(|| extension.to_owned());
    let request = Request { task: Task::ExtractText, extension, limits };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    assert_parts_follow_each_other(&report, output.len());
    let part = |name: &str| {
        let part = report.artifacts.iter().find(|part| part.name == name);
        part.map_or("", |part| {
            let bytes = &output[part.offset as usize..][..part.size_bytes as usize];
            std::str::from_utf8(bytes).expect("text artifacts are UTF-8")
        })
    };
    let (plain, markdown, pages) = (part(model::EXTRACTED_TEXT), part(model::MARKDOWN), part(model::PAGES));
    let pages = if pages.is_empty() { vec![] } else { serde_json::from_str(pages).expect("the page index is JSON") };
    let (plain, markdown) = (plain.to_owned(), markdown.to_owned());
    assert!(!plain.contains('\0'));
    Made { report, plain, markdown, pages }
}

/// A file of `tests/samples`.
pub fn sample(path: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A zip archive of these parts.
pub fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a name");
        archive.write_all(content.as_bytes()).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

fn assert_parts_follow_each_other(report: &Report, written: usize) {
    let mut end = 0;
    for part in &report.artifacts {
        assert_eq!(part.offset, end, "{} begins where the one before ends", part.name);
        end += part.size_bytes;
    }
    if report.outcome.is_success() {
        assert_eq!(end, written as u64, "nothing is written that the report does not name");
    }
}
