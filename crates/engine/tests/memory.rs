//! How much memory large documents take: their text, once, and little else. Every allocation of the thread is counted.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use docx_rs::{Paragraph, Run, TableCell, TableRow};
use model::{Limits, Outcome, Reason, Report, Request, Task};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// Counts what the thread holds, and the most it held.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    let held = HELD.get() + bytes;
    HELD.set(held);
    PEAK.set(PEAK.get().max(held));
}

// SAFETY: It is the system's allocator; counting in two cells of the thread allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: The caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: As above.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: As above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: As above.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// A build without optimisation reads a tenth: it takes tens of times as long.
const SHARE: u64 = if cfg!(debug_assertions) { 10 } else { 1 };

/// Reads a document into a file. Gives the report and the most memory it took, in bytes.
fn read(file: &[u8], extension: &str, limits: Limits) -> (Report, u64) {
    let request = Request { task: Task::ExtractText, extension: Some(extension.into()), limits };
    let mut output = tempfile::tempfile().unwrap();
    peak(|| engine::run(&request, &mut Cursor::new(file), &mut output, &|_| ()))
}

/// The most memory that something takes, in bytes.
fn peak<T>(make: impl FnOnce() -> T) -> (T, u64) {
    let before = HELD.get();
    PEAK.set(before);
    let made = make();
    (made, (PEAK.get() - before) as u64)
}

/// An archive of some parts, of which the last is written piece by piece.
fn archive(parts: &[(&str, &str)], last: &str, write: impl Fn(&mut dyn Write)) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    for (name, content) in parts {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.start_file(last, options).unwrap();
    write(&mut std::io::BufWriter::new(&mut archive));
    archive.finish().unwrap().into_inner()
}

/// Words that are not all alike, or the archive would be a bomb.
fn words(count: u64, seed: u64) -> String {
    const WORDS: [&str; 8] = ["amber", "bridge", "cellar", "daylight", "ember", "fathom", "granite", "harbour"];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for _ in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(WORDS[(state >> 61) as usize]);
        text.push(' ');
    }
    text
}

/// A document of so many words, in paragraphs of a hundred, every tenth a heading; others may have a bold word in their middle.
fn docx(count: u64, bold: &str) -> Vec<u8> {
    archive(&[("[Content_Types].xml", "<Types/>")], "word/document.xml", |to| {
        to.write_all(b"<w:document xmlns:w='w'><w:body>").unwrap();
        for paragraph in 0..count / 100 {
            let style = if paragraph % 10 == 0 { "<w:pPr><w:pStyle w:val='Heading2'/></w:pPr>" } else { "" };
            let text = words(100, paragraph);
            let (start, end) = text.split_at(text.len() / 2);
            write!(to, "<w:p>{style}<w:r><w:rPr><w:sz w:val='24'/></w:rPr><w:t>{start}</w:t></w:r>{bold}").unwrap();
            write!(to, "<w:r><w:t>{end}</w:t></w:r></w:p>").unwrap();
        }
        to.write_all(b"</w:body></w:document>").unwrap();
    })
}

#[test]
fn a_million_words_take_no_more_memory_than_a_few() {
    for count in [250_000 / SHARE, 1_000_000 / SHARE] {
        let (report, peak) = read(&docx(count, ""), "docx", Limits::default());
        assert_eq!(report.outcome, Outcome::Ok);
        assert_eq!(report.facts.words, Some(count));
        // Buffers, the same for any length.
        assert!(peak < 1 << 20, "{peak} bytes for {count} words");
    }
}

/// Markdown that is not the plain text is held to the end: a bold word in every paragraph must not hold the paragraphs.
#[test]
fn bold_words_hold_little_of_their_paragraphs() {
    let bold = "<w:r><w:rPr><w:b/></w:rPr><w:t>bold</w:t></w:r>";
    let count = 1_000_000 / SHARE;
    let (report, peak) = read(&docx(count, bold), "docx", Limits::default());
    assert_eq!(report.outcome, Outcome::Ok);
    let (_, without) = read(&docx(count, ""), "docx", Limits::default());
    assert!(peak < without + 2 * count, "{peak} bytes for {count} words, and {without} without");
}

#[test]
fn text_past_its_limit_takes_no_more_memory() {
    let limits = Limits { text_bytes: (1 << 20) / SHARE, ..Limits::default() };
    let (report, peak) = read(&docx(1_000_000 / SHARE, ""), "docx", limits.clone());
    assert_eq!(report.outcome, Outcome::Partial);
    assert!(peak < 1 << 20, "{peak} bytes");
}

/// A sheet of so many cells, ten in a row, one row in a hundred with numbers in it.
fn sheet(cells: u64) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let parts = [
        (
            "_rels/.rels",
            format!("<R><Relationship Id='w' Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/></R>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<R><Relationship Id='s' Type='{RELATIONS}/worksheet' Target='sheet.xml'/></R>"),
        ),
        ("xl/workbook.xml", "<workbook xmlns:r='r'><sheet name='One' r:id='s'/></workbook>".into()),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, content)| (*name, content.as_str())).collect();
    archive(&parts, "xl/sheet.xml", |to| {
        to.write_all(b"<worksheet><dimension ref='A1:XFD1048576'/><sheetData>").unwrap();
        for row in 1..=cells / 10 {
            write!(to, "<row r='{row}'>").unwrap();
            for column in 0..10u8 {
                let place = char::from(b'A' + column);
                match row % 100 {
                    0 => write!(to, "<c r='{place}{row}'><v>{row}</v></c>").unwrap(),
                    _ => write!(to, "<c r='{place}{row}' s='1'/>").unwrap(),
                }
            }
            to.write_all(b"</row>").unwrap();
        }
        to.write_all(b"</sheetData></worksheet>").unwrap();
    })
}

#[test]
fn ten_million_cells_are_read_in_little_memory() {
    // More than a part may be by default, so that all of them are read.
    let limits = Limits { archive_part_bytes: 1 << 30, archive_bytes: 1 << 30, ..Limits::default() };
    let file = sheet(10_000_000 / SHARE);
    let (report, peak) = read(&file, "xlsx", limits);
    assert_eq!(report.outcome, Outcome::Ok);
    assert_eq!(report.facts.words, Some(100_000 / SHARE + 1), "the numbers, and the sheet's name");
    let text: u64 = report.artifacts.iter().map(|part| part.size_bytes).sum();
    assert!(peak < text * 2 + (2 << 20), "{peak} bytes for {text} of text");

    let limits = Limits { archive_part_bytes: (64 << 20) / SHARE, ..Limits::default() };
    let (report, peak) = read(&file, "xlsx", limits);
    let refused = matches!(report.outcome, Outcome::Rejected { reason: Reason::TooLargeDecompressed, .. });
    assert!(refused, "{:?}", report.outcome);
    assert!(peak < 8 << 20, "{peak} bytes until it was refused");
}

/// What a table of docx-rs's own takes is why we write rows one by one. Most of ours is the tree that the parser of Markdown makes
/// of the whole text.
#[test]
fn a_large_table_is_exported_in_little_memory() {
    const CELLS: [&str; 5] = ["2026-11-25", "Köln", "1204.50", "open", "a remark of a few words"];
    let rows = 90_000 / SHARE;
    let row = format!("| {} |\n", CELLS.join(" | "));
    let markdown = format!("| a | b | c | d | e |\n| --- | --- | --- | --- | --- |\n{}", row.repeat(rows as usize));
    let task = Task::ExportDocx { title: None, author: None };
    let request = Request { task, extension: None, limits: Limits::default() };
    let mut output = tempfile::tempfile().unwrap();
    let (report, ours) = peak(|| engine::run(&request, &mut Cursor::new(&markdown), &mut output, &|_| ()));
    assert_eq!(report.outcome, Outcome::Ok);
    assert!(ours < markdown.len() as u64 * 18, "{ours} bytes for {}", markdown.len());

    let cell = |text| TableCell::new().add_paragraph(Paragraph::new().add_run(Run::new().add_text(text)));
    let (_, theirs) = peak(|| (0..100).map(|_| TableRow::new(CELLS.map(cell).into())).collect::<Vec<_>>());
    assert!(theirs > row.len() as u64 * 100 * 36, "{theirs} bytes for {}", row.len() * 100);
}

/// The places of all lines were kept for the sake of one heading: 370 MB for a text of 10 MiB, in the service itself.
#[test]
fn the_outline_of_a_text_grows_with_its_headings_and_not_with_its_lines() {
    let count = 2_000_000 / SHARE;
    let lines = |prefix: &str, count: u64| (0..count).map(|line| format!("{prefix}{line:x}\n")).collect::<String>();
    let alike = "a\n".repeat(count as usize);
    for (text, most_bytes) in [
        (lines("", count) + "# a\n", 4 << 10),
        (alike + "# a\n", 4 << 10),
        // As many headings as there may be, and more.
        (lines("# ", 100_000), 32 << 20),
        (lines("# ", count), 16 << 20),
    ] {
        let (_, peak) = peak(|| engine::chunks::Shape::new(&text, vec![], &text));
        assert!(peak < most_bytes, "{peak} bytes for {} of text", text.len());
    }
}
