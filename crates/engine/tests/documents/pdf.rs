//! PDF: pages, paragraphs, tables, columns, spacing, encryption, and pages that need OCR.

use crate::support::{extract, extract_within, sample};
use model::{ContentStatus, Limits, Outcome, PageSpan, Reason};

#[test]
fn pages_are_read_with_headings_paragraphs_tables_fields_and_comments() {
    let made = extract(&sample("pdf/three-pages.pdf"), "pdf");
    assert_eq!(
        made.plain,
        "Heading\n\nA paragraph that is long enough to be examined over its line end.\n\nSecond paragraph.\n\n\
         field value\na comment\n\n\u{c}Name\tCity\tPrice\nAnn\tOslo\t3.50\nBob\tRome\t4.20\n\u{c}\n"
    );
    assert_eq!(
        made.markdown,
        "<!-- page: 1 -->\n\n# Heading\n\nA paragraph that is long enough to be examined over its line end.\n\n\
         Second paragraph.\n\nfield value\n\na comment\n\n\n<!-- page: 2 -->\n\n| Name | City | Price |\n\
         | --- | --- | --- |\n| Ann | Oslo | 3.50 |\n| Bob | Rome | 4.20 |\n\n\n<!-- page: 3 -->\n\n"
    );
    let facts = &made.report.facts;
    assert_eq!(facts.pages, Some(3));
    assert_eq!(facts.title.as_deref(), Some("Sample (one)"));
    assert_eq!(facts.author.as_deref(), Some("José"));
    assert_eq!(facts.pages_without_text, [0; 0], "an empty page shows nothing that could be read");
    assert_eq!(facts.characters, Some(made.plain.chars().count() as u64));
}

#[test]
fn the_page_index_counts_characters() {
    let made = extract(&sample("pdf/three-pages.pdf"), "pdf");
    let chars: Vec<char> = made.plain.chars().collect();
    let pages: Vec<String> =
        made.pages.iter().map(|page| chars[page.start as usize..page.end as usize].iter().collect()).collect();
    assert_eq!(pages, made.plain.split('\u{c}').collect::<Vec<_>>());
    assert_eq!(
        made.pages.last(),
        Some(&PageSpan { page: 3, start: chars.len() as u64 - 1, end: chars.len() as u64, confidence: None })
    );
}

#[test]
fn columns_that_are_drawn_line_by_line_are_read_one_after_the_other() {
    let made = extract(&sample("pdf/columns-drawn-across.pdf"), "pdf");
    let left = made.plain.find("Left column line number 7").expect("the left column is there");
    let right = made.plain.find("Right column line number 0").expect("the right column is there");
    assert!(left < right, "{}", made.plain);
}

#[test]
fn gaps_are_spaces_unless_the_letters_are_spaced_out() {
    let made = extract(&sample("pdf/spacing.pdf"), "pdf");
    assert_eq!(made.plain, "Spaced out\nWith gaps\nBold\n");
}

#[test]
fn a_scan_is_visual_and_its_page_needs_ocr() {
    let made = extract(&sample("pdf/scan.pdf"), "pdf");
    assert_eq!(made.report.outcome, Outcome::Ok);
    assert_eq!(made.report.status(), ContentStatus::Visual);
    assert_eq!(made.report.facts.pages_without_text, [1]);
    assert!(made.report.artifacts.is_empty());
}

#[test]
fn an_empty_password_is_no_password_and_a_real_one_is_asked_for() {
    let made = extract(&sample("pdf/encrypted-empty-password.pdf"), "pdf");
    assert_eq!(made.plain, "Readable without a password\n");
    assert_eq!(extract(&sample("pdf/encrypted-secret.pdf"), "pdf").reason(), Some(Reason::Encrypted));
}

#[test]
fn pages_past_the_limit_are_left_out_with_a_warning() {
    let limits = Limits { pdf_pages: 1, ..Limits::default() };
    let made = extract_within(&sample("pdf/three-pages.pdf"), "pdf", limits);
    assert_eq!(made.report.outcome, Outcome::Partial);
    assert_eq!(made.warnings(), ["pages-cut"]);
    assert_eq!((made.pages.len(), made.report.facts.pages), (1, Some(3)));
}

#[test]
fn content_past_the_limit_is_left_out_with_a_warning() {
    let limits = Limits { pdf_bytes: 10, ..Limits::default() };
    let made = extract_within(&sample("pdf/columns-drawn-across.pdf"), "pdf", limits);
    assert_eq!((made.report.outcome.code(), made.warnings()), ("partial", vec!["page-damaged"]));
}

#[test]
fn a_file_past_the_limit_is_refused() {
    let limits = Limits { whole_file_bytes: 100, ..Limits::default() };
    assert_eq!(extract_within(&sample("pdf/scan.pdf"), "pdf", limits).reason(), Some(Reason::TooLarge));
}

#[test]
fn what_only_begins_like_a_pdf_is_malformed() {
    for bytes in [&b"%PDF-1.7\n"[..], b"%", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog"] {
        assert_eq!(extract(bytes, "pdf").reason(), Some(Reason::Malformed), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_cut_pdf_never_panics() {
    let whole = sample("pdf/three-pages.pdf");
    for end in (0..whole.len()).step_by(37) {
        let made = extract(&whole[..end], "pdf");
        assert_ne!(made.report.outcome.code(), "internal", "cut at {end}");
    }
}
