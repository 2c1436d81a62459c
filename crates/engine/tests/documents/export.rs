//! Word documents out of Markdown, read back by the reader of Word documents.

use crate::support::{Made, extract};
use model::{DOCX_MIME, EXPORT_DOCX, Limits, Outcome, Report, Request, Task};
use std::io::{Cursor, Read};

fn export_within(markdown: &[u8], limits: Limits) -> (Report, Vec<u8>) {
    export_as(Task::ExportDocx { title: None, author: None }, markdown, limits)
}

fn export_as(task: Task, markdown: &[u8], limits: Limits) -> (Report, Vec<u8>) {
    let mut output = vec![];
    let request = Request { task, extension: None, limits };
    let report = engine::run(&request, &mut Cursor::new(markdown), &mut output, &|_| ());
    (report, output)
}

fn round_trip(markdown: &str) -> Made {
    let (report, docx) = export_within(markdown.as_bytes(), Limits::default());
    assert_eq!(report.outcome, Outcome::Ok, "{markdown:?}");
    let part = &report.artifacts[0];
    assert_eq!((part.name.as_str(), part.mime.as_str(), part.size_bytes), (EXPORT_DOCX, DOCX_MIME, docx.len() as u64));
    extract(&docx, "docx")
}

#[test]
fn headings_paragraphs_lists_tables_and_links_come_back() {
    let markdown = "# Annual report\n\nSee [the site](https://example.org/a?b=1&c=2) for more.\n\n## Results & <risks>\n\n\
        - first\n- second\n  - inner\n\nAnd\n\n3. three\n4. four\n\n| Name | Total |\n| --- | --- |\n| Zoë | a \\| b |\n| 東京 | 2<br>3 |\n\n\
        ###### Deep\n\nThe last *word* of **many**.\n\n";
    let made = round_trip(markdown);
    assert_eq!(
        made.markdown,
        "# Annual report\n\nSee [the site](https://example.org/a?b=1&c=2) for more.\n\n## Results & <risks>\n\n\
         - first\n- second\n  - inner\n\nAnd\n\n3. three\n4. four\n\n| Name | Total |\n| --- | --- |\n| Zoë | a \\| b |\n\
         | 東京 | 2<br>3 |\n\n###### Deep\n\nThe last *word* of **many**.\n\n"
    );
}

#[test]
fn lists_count_for_themselves() {
    let markdown = "1. a\n2. b\n\nBetween.\n\n1. c\n\nAgain.\n\n7. d\n\n   More of d.\n8. e\n";
    assert_eq!(
        round_trip(markdown).markdown,
        "1. a\n2. b\n\nBetween.\n\n1. c\n\nAgain.\n\n7. d\n\nMore of d.\n\n8. e\n\n"
    );
}

#[test]
fn code_and_html_are_words_and_pages_begin_on_pages() {
    let markdown = "<!-- page: 1 -->\n\nOne <b>bold</b>.\n\n```rust\nfn main() {\n\n    # no heading\n}\n```\n<!-- page: 2 -->\n\nTwo[^1].\n\n\
                    [^1]: The note.\n";
    let (_, docx) = export_within(markdown.as_bytes(), Limits::default());
    let made = extract(&docx, "docx");
    assert_eq!(made.plain, "One <b>bold</b>.\n\nfn main() {\n\n# no heading\n\n}\n\nTwo[1].\n\n[1] The note.\n\n");
    let xml = body(&docx);
    assert_eq!(xml.matches("pageBreakBefore").count(), 1);
    assert!(xml.contains("    # no heading"), "code keeps its indents");
}

/// A later row may be wider than its header in a spreadsheet, and Markdown would not show its cells.
#[test]
fn no_cell_is_lost() {
    let markdown = "| a | b |\n| --- | --- |\n| 1 | 2 | 3 | four |\n| 5 |\n\nAfter.\n\n| x |\n| --- |\n| y | z |\n";
    let plain = round_trip(markdown).plain;
    for word in ["a", "b", "1", "2", "3", "four", "5", "After.", "x", "y", "z"] {
        assert!(plain.contains(word), "{word} is not in {plain}");
    }
}

#[test]
fn whatever_the_text_is_it_is_a_document() {
    for markdown in
        ["", "\u{fffe}a\u{1}b", "]]>&<w:p>", "[a]: b\n\n|", "> > - 1. # x\n\n```", "<!-- page: 9", "***", "\u{0}"]
    {
        round_trip(markdown);
    }
    assert_eq!(round_trip("\u{fffe}a\u{ffff}b").plain, "ab\n\n");
}

/// Word opens no document with a control character in it, and a text that is not ours may hold any.
#[test]
fn no_control_character_comes_through() {
    let controls: String = (0..=0x9fu8).map(char::from).filter(|c| c.is_control()).collect();
    let piece = format!(
        "begin{controls}end\n\n`{controls}x`\n\n| {controls} |\n| --- |\n\n[{controls}l](http://a/{controls})\n\n"
    );
    let markdown = piece.repeat(1_000);
    let made = round_trip(&markdown);
    assert_eq!(made.plain.matches("begin").count(), 1_000);
    assert_eq!(made.plain.matches("end").count(), 1_000);
    let (_, docx) = export_within(markdown.as_bytes(), Limits::default());
    let unwanted = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    assert_eq!(body(&docx).chars().find(unwanted), None);
}

#[test]
fn the_title_and_the_author_are_kept() {
    let (title, author) = (Some("Q&A <2026>\u{1}".to_owned()), Some("Zoë".to_owned()));
    let (_, docx) = export_as(Task::ExportDocx { title, author }, b"Text.", Limits::default());
    let facts = extract(&docx, "docx").report.facts;
    assert_eq!((facts.title.as_deref(), facts.author.as_deref()), (Some("Q&A <2026>"), Some("Zoë")));
    let (_, docx) = export_within(b"Text.", Limits::default());
    let facts = extract(&docx, "docx").report.facts;
    assert_eq!((facts.title, facts.author, facts.created), (None, None, None), "what is not known is not said");
}

#[test]
fn limits_are_kept() {
    let limits = Limits { text_bytes: 10, ..Limits::default() };
    let (report, output) = export_within(b"eleven byte", limits);
    assert_eq!((report.outcome.code(), output.len()), ("rejected", 0));
    assert_eq!(export_within(b"\xff\xfe\xfd", Limits::default()).0.outcome.code(), "rejected");
}

/// 9,000 rows of a spreadsheet take no more than a few times their text; docx-rs's own tree of them took two hundred times.
#[test]
fn large_tables_are_written_row_by_row() {
    let row = "| 2026-11-25 | Köln | 1204.50 | open | a remark of a few words |\n";
    let markdown = format!("| a | b | c | d | e |\n| --- | --- | --- | --- | --- |\n{}", row.repeat(9_000));
    let (report, docx) = export_within(markdown.as_bytes(), Limits::default());
    assert_eq!(report.outcome, Outcome::Ok);
    assert!(docx.len() < markdown.len(), "{} bytes", docx.len());
    assert_eq!(extract(&docx, "docx").plain.matches("Köln").count(), 9_000);
}

fn body(docx: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("an archive");
    let mut xml = String::new();
    archive.by_name("word/document.xml").expect("a body").read_to_string(&mut xml).expect("text");
    xml
}
