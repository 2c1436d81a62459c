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
    zip_bytes(&parts.iter().map(|(name, content)| (*name, content.as_bytes())).collect::<Vec<_>>())
}

/// A zip archive of these parts, which need not be text.
pub fn zip_bytes(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a name");
        archive.write_all(content).expect("memory");
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

/// A compound file of these streams. A name with slashes is in a storage, or in one inside of another.
pub fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    const NONE: u32 = u32::MAX;
    const END: u32 = u32::MAX - 1;
    let mut storages: Vec<&str> = vec![];
    for (name, _) in streams {
        let above = name.match_indices('/').map(|(end, _)| &name[..end]);
        let new: Vec<&str> = above.filter(|path| !storages.contains(path)).collect();
        storages.extend(new);
    }
    // The root, the storages, the streams. Siblings are a list along their right sides.
    let mut names = vec![("Root Entry".to_owned(), 5u8, None)];
    let parent = |name: &str| storages.iter().position(|other| *other == name).map_or(0, |at| at + 1);
    let entry = |path: &str, kind| match path.rsplit_once('/') {
        Some((storage, name)) => (name.to_owned(), kind, Some(parent(storage))),
        None => (path.to_owned(), kind, Some(0)),
    };
    names.extend(storages.iter().map(|path| entry(path, 1)));
    names.extend(streams.iter().map(|(path, _)| entry(path, 2)));
    let following = |at: usize| (at + 1..names.len()).find(|other| names[*other].2 == names[at].2);
    let first_child = |at: usize| names.iter().position(|(.., parent)| *parent == Some(at));
    let place = |at: Option<usize>| at.map_or(NONE, |at| at as u32);

    let directory_sectors = names.len().div_ceil(4);
    let (mut table, mut body, mut directory) = (vec![], vec![], vec![]);
    let mut chain = |sectors: usize| {
        let start = table.len() as u32;
        table.extend((1..=sectors).map(|at| if at == sectors { END } else { start + at as u32 }));
        start
    };
    chain(directory_sectors);
    for (at, (name, kind, _)) in names.iter().enumerate() {
        let content = (at > storages.len()).then(|| &streams[at - 1 - storages.len()].1);
        let start = content.filter(|content| !content.is_empty()).map_or(END, |content| {
            body.extend_from_slice(content);
            body.resize(body.len().next_multiple_of(512), 0);
            chain(content.len().div_ceil(512))
        });
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([*kind, 1]);
        let right = if at == 0 { None } else { following(at) };
        entry.extend([NONE, place(right), place(first_child(at))].map(u32::to_le_bytes).concat());
        entry.resize(116, 0);
        entry.extend(start.to_le_bytes());
        entry.extend((content.map_or(0, Vec::len) as u64).to_le_bytes());
        directory.extend(entry);
    }
    directory.resize(directory_sectors * 512, 0);
    let table_at = table.len() as u32;
    table.push(u32::MAX - 2);
    assert!(table.len() <= 128, "one sector of the table is enough");
    table.resize(128, NONE);

    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(24, 0);
    file.extend([0x3e, 3, 0xfffe, 9, 6].map(u16::to_le_bytes).concat());
    file.resize(44, 0);
    // One sector of the table; the directory at the first; no stream is short; no table of short ones, no more tables.
    file.extend([1, 0, 0, 0, END, 0, END, 0, table_at].map(u32::to_le_bytes).concat());
    file.resize(512, 0xff);
    file.extend(directory);
    file.extend(body);
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file
}
