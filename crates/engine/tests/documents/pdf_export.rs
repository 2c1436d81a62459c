//! A searchable PDF of a PDF or a picture: what was recognised is found in it, where it is seen, and everything else is as it was.

use crate::pdf_maker::{Maker, prose};
use crate::support::{extract, sample};
use lopdf::{Document, Object};
use model::{Limits, Outcome, PDF_MIME, PageFormat, PageRanges, PageWord, PageWords, Reason, Report, Request, Task};
use std::io::Cursor;

/// A picture over the whole page of 600 by 800 points, lighter towards its corners.
const SCAN: &str = "q 600 0 0 800 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q\n";

/// A word of that line in a rectangle of a page of 1200 by 1600 pixels.
fn word(text: &str, line: u32, [left, top, width, height]: [u32; 4]) -> PageWord {
    let (text, confidence) = (text.into(), 90);
    PageWord { text, left, top, width, height, confidence, line, angle: 0, is_divided: false }
}

fn layer(page: u32, (width, height): (u32, u32), words: Vec<PageWord>) -> PageWords {
    let (width_points, height_points) = (width as f32 / 2.0, height as f32 / 2.0);
    PageWords { page, width_points, height_points, width, height, engine: "tesseract".into(), confidence: 90.0, words }
}

fn two_lines() -> Vec<PageWord> {
    vec![
        word("Every", 0, [200, 200, 100, 24]),
        word("word", 0, [320, 200, 90, 24]),
        word("is", 1, [200, 260, 40, 24]),
        word("found.", 1, [260, 260, 120, 24]),
    ]
}

fn export(original: &[u8], layers: &[PageWords], pages: Option<&str>) -> Result<Vec<u8>, Box<Report>> {
    let mut input = original.to_vec();
    for layer in layers {
        serde_json::to_writer(&mut input, layer).expect("memory");
        input.push(b'\n');
    }
    let pages: Option<PageRanges> = pages.map(|pages| pages.parse().expect("pages"));
    let task = Task::ExportPdf { original_bytes: original.len() as u64, pages };
    let request = Request { task, extension: None, limits: Limits::default() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(input), &mut output, &|_| ());
    if report.outcome != Outcome::Ok {
        return Err(Box::new(report));
    }
    let [part] = &report.artifacts[..] else { panic!("{report:?}") };
    assert_eq!((part.name.as_str(), part.mime.as_str()), (model::EXPORT_PDF, PDF_MIME));
    assert_eq!((part.offset, part.size_bytes), (0, output.len() as u64));
    Ok(output)
}

fn exported(original: &[u8], layers: &[PageWords], pages: Option<&str>) -> Vec<u8> {
    export(original, layers, pages).unwrap_or_else(|report| panic!("{report:?}"))
}

fn reason(original: &[u8], pages: Option<&str>) -> Option<Reason> {
    match export(original, &[], pages).err()?.outcome {
        Outcome::Rejected { reason, .. } => Some(reason),
        other => panic!("{other:?}"),
    }
}

fn words_of(pdf: &[u8]) -> Vec<String> {
    extract(pdf, "pdf").plain.split_whitespace().map(str::to_owned).collect()
}

/// The grey pixels of a page.
fn drawn(pdf: &[u8], page: u32) -> Vec<u8> {
    let task = Task::RenderPage { page, dpi: 72, format: PageFormat::Pgm };
    let request = Request { task, extension: None, limits: Limits::default() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(pdf), &mut output, &|_| ());
    assert_eq!(report.outcome, Outcome::Ok);
    output
}

#[test]
fn a_scan_is_found_by_its_words_and_looks_as_it_did() {
    let mut maker = Maker::default();
    maker.page(SCAN, "", "");
    let original = maker.finish("", "");
    let made = exported(&original, &[layer(1, (1200, 1600), two_lines())], None);
    assert_eq!(words_of(&made), ["Every", "word", "is", "found."]);
    assert_eq!(drawn(&made, 1), drawn(&original, 1));
    assert_eq!(extract(&made, "pdf").report.facts.pages, Some(1));
}

#[test]
fn a_page_with_its_layer_needs_no_recognition_any_more() {
    let mut maker = Maker::default();
    maker.page(SCAN, "", "");
    let words = (0..20).map(|line| word("recognised", line, [200, 200 + 40 * line, 300, 30])).collect();
    let made = exported(&maker.finish("", ""), &[layer(1, (1200, 1600), words)], None);
    assert_eq!(extract(&made, "pdf").report.facts.pages_without_text, [0; 0]);
}

#[test]
fn a_divided_word_is_found_whole_and_once() {
    let mut maker = Maker::default();
    maker.page(SCAN, "", "");
    let words = vec![
        word("an", 0, [200, 200, 40, 24]),
        PageWord { is_divided: true, ..word("exam-", 0, [260, 200, 100, 24]) },
        word("ple", 1, [200, 260, 60, 24]),
        word("of", 1, [280, 260, 40, 24]),
        word("many", 1, [340, 260, 80, 24]),
    ];
    let made = exported(&maker.finish("", ""), &[layer(1, (1200, 1600), words)], None);
    assert_eq!(words_of(&made), ["an", "example", "of", "many"]);
}

#[test]
fn every_script_is_found() {
    let scripts = ["Grüße", "Привет", "Ωμέγα", "日本語", "한국어", "हिन्दी", "ไทย", "𝒜𝒷"];
    let mut maker = Maker::default();
    maker.page(SCAN, "", "");
    let words = (0..).zip(scripts).map(|(line, text)| word(text, line, [200, 200 + 60 * line, 200, 30])).collect();
    let made = exported(&maker.finish("", ""), &[layer(1, (1200, 1600), words)], None);
    // How a reader parts lines of scripts without spaces is its own matter.
    assert_eq!(words_of(&made).concat(), scripts.concat());
}

#[test]
fn what_runs_from_right_to_left_is_read_as_it_was_written() {
    let mut maker = Maker::default();
    maker.page(SCAN, "", "");
    let words = vec![word("שלום", 0, [600, 200, 150, 30]), word("עולם", 0, [420, 200, 150, 30])];
    let made = exported(&maker.finish("", ""), &[layer(1, (1200, 1600), words)], None);
    assert_eq!(words_of(&made), ["שלום", "עולם"]);
}

/// Where the first word of a page's layer begins, in points from the upper left corner of the page as it is seen.
fn first_place(pdf: &[u8], page_box: [f32; 4], rotate: i64) -> (f32, f32) {
    let document = Document::load_mem(pdf).expect("a PDF");
    let page = *document.get_pages().get(&1).expect("a page");
    let content = String::from_utf8_lossy(&document.get_page_content(page)).into_owned();
    let matrix = content.lines().find_map(|line| line.split_once(" Tm")).expect("a word").0;
    let numbers: Vec<f32> = matrix.split(' ').map(|number| number.parse().expect("a number")).collect();
    let [left, bottom, right, top] = page_box;
    let (x, y) = (numbers[4], numbers[5]);
    match rotate {
        90 => (y - bottom, x - left),
        180 => (right - x, y - bottom),
        270 => (top - y, right - x),
        _ => (x - left, top - y),
    }
}

#[test]
fn words_lie_where_they_are_seen_on_turned_and_cropped_pages() {
    for rotate in [0, 90, 180, 270] {
        for (entries, page_box) in
            [("", [0.0, 0.0, 600.0, 800.0]), ("/CropBox [100 50 500 750]", [100.0, 50.0, 500.0, 750.0])]
        {
            let mut maker = Maker::default();
            maker.page(SCAN, &format!("{entries} /Rotate {rotate} /UserUnit 2"), "");
            let original = maker.finish("", "");
            let (wide, high) = (page_box[2] - page_box[0], page_box[3] - page_box[1]);
            let (wide, high) = if rotate % 180 == 0 { (wide, high) } else { (high, wide) };
            let size = (wide as u32 * 2, high as u32 * 2);
            let made = exported(&original, &[layer(1, size, vec![word("Here", 0, [100, 300, 80, 24])])], None);
            // Its lower left corner, at two pixels a point.
            let (x, y) = first_place(&made, page_box, rotate);
            assert!((x - 50.0).abs() < 0.1 && (y - 162.0).abs() < 0.1, "{rotate} {entries}: {x} {y}");
            assert_eq!(words_of(&made), ["Here"], "{rotate} {entries}");
            assert_eq!(drawn(&made, 1), drawn(&original, 1), "{rotate} {entries}");
        }
    }
}

#[test]
fn a_page_with_text_of_its_own_is_not_touched() {
    let mut maker = Maker::default();
    let text = maker.page(&prose(700), "", "");
    maker.page(SCAN, "", "");
    let original = maker.finish("", "");
    let made = exported(&original, &[layer(2, (1200, 1600), two_lines())], None);
    let page = |pdf: &[u8]| Document::load_mem(pdf).unwrap().get_object((text as u32, 0)).unwrap().clone();
    assert_eq!(page(&made), page(&original));
    assert_eq!(extract(&made, "pdf").pages.len(), 2);
}

#[test]
fn content_that_leaves_the_page_changed_does_not_move_the_words() {
    let mut maker = Maker::default();
    maker.page(&format!("{SCAN} q q 0.1 0 0 0.1 300 300 cm Q Q Q"), "", "");
    maker.page("0.5 0 0 0.5 9 9 cm q q", "", "");
    let original = maker.finish("", "");
    let layers = [layer(1, (1200, 1600), two_lines()), layer(2, (1200, 1600), two_lines())];
    let made = exported(&original, &layers, None);
    assert_eq!(words_of(&made), ["Every", "word", "is", "found.", "Every", "word", "is", "found."]);
    let (x, y) = first_place(&made, [0.0, 0.0, 600.0, 800.0], 0);
    assert!((x - 100.0).abs() < 0.1 && (y - 112.0).abs() < 0.1, "{x} {y}");
}

#[test]
fn chosen_pages_are_written_alone_and_nothing_of_the_others() {
    let mut maker = Maker::default();
    let note = maker.add("(what only the first page has)");
    maker.page(SCAN, &format!("/Secret {note} 0 R"), "");
    for page in 2..=5 {
        maker.page(&crate::pdf_maker::words(50, 700, 12, &format!("This is page {page}.")), "", "");
    }
    let original = maker.finish("/Outlines << /Type /Outlines >>", "");
    let made = exported(&original, &[layer(1, (1200, 1600), two_lines())], Some("3-4"));
    assert_eq!(words_of(&made).join(" "), "This is page 3. This is page 4.");
    let document = Document::load_mem(&made).unwrap();
    assert!(
        document
            .objects
            .values()
            .all(|object| !matches!(object, Object::String(text, _) if text.starts_with(b"what only")))
    );
    assert!(document.catalog().unwrap().get(b"Outlines").is_err());
    let with_layer = exported(&original, &[layer(1, (1200, 1600), two_lines())], Some("1,5"));
    assert_eq!(words_of(&with_layer).join(" "), "Every word is found. This is page 5.");
    assert_eq!(reason(&original, Some("9")), Some(Reason::Malformed));
}

#[test]
fn a_document_that_opens_without_a_password_is_written_open_and_one_with_is_refused() {
    let made = exported(&sample("pdf/encrypted-empty-password.pdf"), &[], None);
    assert!(Document::load_mem(&made).unwrap().trailer.get(b"Encrypt").is_err());
    assert!(!words_of(&made).is_empty());
    assert_eq!(reason(&sample("pdf/encrypted-secret.pdf"), None), Some(Reason::Encrypted));
}

#[test]
fn a_picture_becomes_a_page_that_is_found_by_its_words() {
    for name in ["image/text-on-its-side.png", "image/text-noisy.jpg"] {
        let original = sample(name);
        let made = exported(&original, &[layer(1, (1200, 1600), two_lines())], None);
        assert_eq!(words_of(&made), ["Every", "word", "is", "found."], "{name}");
        let document = Document::load_mem(&made).unwrap();
        assert_eq!(document.get_pages().len(), 1, "{name}");
        if name.ends_with(".jpg") {
            let is_it = |object: &Object| matches!(object, Object::Stream(stream) if stream.content == original);
            assert!(document.objects.values().any(is_it), "a JPEG is taken over as it is");
        }
    }
    assert_eq!(reason(&sample("image/text-noisy.jpg"), Some("2")), Some(Reason::Malformed));
}

/// Only the first page was in it, and nothing said so.
#[test]
fn each_page_of_a_scan_in_one_picture_is_a_page_with_its_own_words() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures/kinds/pages.tif");
    let original = std::fs::read(path).expect("a scan of three pages");
    let layers = [layer(1, (96, 64), two_lines()), layer(3, (96, 32), vec![word("Last", 0, [10, 10, 40, 12])])];
    let made = exported(&original, &layers, None);
    assert_eq!(Document::load_mem(&made).unwrap().get_pages().len(), 3);
    assert_eq!(words_of(&made), ["Every", "word", "is", "found.", "Last"]);
    let drawn: Vec<_> = (1..=3).map(|page| drawn(&made, page)).collect();
    assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2], "each shows its own picture");

    let made = exported(&original, &layers, Some("2-3"));
    assert_eq!(Document::load_mem(&made).unwrap().get_pages().len(), 2);
    assert_eq!(words_of(&made), ["Last"]);
    assert_eq!(reason(&original, Some("4")), Some(Reason::Malformed));
}

#[test]
fn what_has_no_pages_and_what_is_damaged_is_refused_in_a_sentence() {
    assert_eq!(reason(b"just a note", None), Some(Reason::Unsupported));
    assert_eq!(reason(b"%PDF-1.7 and nothing else", None), Some(Reason::Malformed));
    assert_eq!(reason(b"", None), Some(Reason::Empty));
}
