//! Images of a PDF's first page and of the cover that a document carries: proportions, colours, and what is refused.

use crate::office::relations;
use crate::pdf_maker::Maker;
use crate::support::{extract, sample, zip_bytes};
use image_webp::WebPDecoder;
use model::{Limits, Outcome, Reason, Report, Request, Task};
use std::io::Cursor;

fn make(bytes: &[u8], presets: &[&str]) -> (Report, Vec<u8>) {
    let presets = presets.iter().map(|&preset| preset.to_owned()).collect();
    let request = Request { task: Task::Optimize { presets }, extension: None, limits: Limits::default() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    (report, output)
}

fn refusal(bytes: &[u8], preset: &str) -> Option<Reason> {
    match make(bytes, &[preset]).0.outcome {
        Outcome::Rejected { reason, .. } => Some(reason),
        _ => None,
    }
}

/// 600 by 800 points: red at the top left, blue at the bottom right, and a second page that is green.
fn colored() -> Vec<u8> {
    let mut pdf = Maker::default();
    pdf.page("1 0 0 rg 0 400 300 400 re f 0 0 1 rg 300 0 300 400 re f", "", "");
    pdf.page("0 1 0 rg 0 0 600 800 re f", "", "");
    pdf.finish("", "")
}

#[test]
fn the_first_page_is_seen_in_its_colours() {
    let (report, output) = make(&colored(), &["thumbnail"]);
    assert_eq!(report.outcome, Outcome::Ok, "{report:?}");
    let mut decoder = WebPDecoder::new(Cursor::new(&output[..])).expect("a WebP");
    assert_eq!(decoder.dimensions(), (150, 200));
    let mut pixels = vec![0; decoder.output_buffer_size().expect("a size")];
    decoder.read_image(&mut pixels).expect("pixels");
    let channels = pixels.len() / (150 * 200);
    for (x, y, expected) in [(30, 40, [255, 0, 0]), (120, 40, [255; 3]), (30, 160, [255; 3]), (120, 160, [0, 0, 255])] {
        let pixel = &pixels[(y * 150 + x) * channels..][..3];
        assert!(
            pixel.iter().zip(expected).all(|(found, wanted): (&u8, u8)| found.abs_diff(wanted) < 12),
            "{x} {y} {pixel:?}"
        );
    }
}

/// A page of 600 by 800 points has 1,666 by 2,222 pixels at 200 dots per inch, and images are never larger.
#[test]
fn several_images_are_made_of_one_drawing() {
    let (report, _) = make(&colored(), &["thumbnail", "preview", "ai-chat", "ai-vision"]);
    let sizes: Vec<_> =
        report.artifacts.iter().map(|part| (part.name.as_str(), part.width.unwrap(), part.height.unwrap())).collect();
    let expected = [("ai-vision", 1536, 2048), ("ai-chat", 1440, 1920), ("preview", 600, 800), ("thumbnail", 150, 200)];
    assert_eq!(sizes, expected);
    let (report, _) = make(&sample("pdf/scan.pdf"), &["thumbnail", "animation"]);
    assert_eq!((report.outcome, report.warnings[0].code.as_str()), (Outcome::Partial, "not-animated"));
}

#[test]
fn a_page_that_cannot_be_drawn_is_refused() {
    assert_eq!(refusal(&colored(), "animation"), Some(Reason::NotAnimated));
    assert_eq!(refusal(&sample("pdf/encrypted-secret.pdf"), "thumbnail"), Some(Reason::Encrypted));
    assert_eq!(refusal(b"%PDF-1.7\nno document", "thumbnail"), Some(Reason::Malformed));
    assert_eq!(refusal(&sample("text/hello.txt"), "thumbnail"), Some(Reason::Unsupported));
}

/// Documents that carry this picture, and a book that names a page in its place.
fn covered(picture: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    let relations = relations(&[
        ("a", "officeDocument", "word/document.xml"),
        ("b", "metadata/thumbnail", "docProps/thumbnail.jpeg"),
    ]);
    let epub = |manifest: &str| {
        let chapter = "<item id='c' href='c.xhtml'/>";
        let book =
            format!("<package>{manifest}<manifest>{chapter}</manifest><spine><itemref idref='c'/></spine></package>");
        zip_bytes(&[
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", b"<c><rootfiles><rootfile full-path='OPS/a.opf'/></rootfiles></c>"),
            ("OPS/a.opf", book.as_bytes()),
            ("OPS/c.xhtml", b"<html><p>x</p></html>"),
            ("OPS/my images/c.jpg", picture),
        ])
    };
    let word = zip_bytes(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", b"<w:document><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>"),
        ("docProps/thumbnail.jpeg", picture),
    ]);
    let open = zip_bytes(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", b"<o><office:body><text:p>x</text:p></office:body></o>"),
        ("Thumbnails/thumbnail.png", picture),
    ]);
    let item = "<item id='i' href='my%20images/c.jpg'";
    [
        ("docx", word),
        ("odt", open),
        ("epub", epub(&format!("{item} properties='svg cover-image'/>"))),
        ("epub", epub(&format!("<metadata><meta name='cover' content='i'/></metadata>{item}/>"))),
        ("epub", epub("<metadata><meta name='cover' content='c'/></metadata>")),
    ]
}

#[test]
fn the_cover_that_a_document_carries_is_its_picture() {
    let picture = sample("image/oriented-8.jpg");
    let (alone, expected) = make(&picture, &["thumbnail"]);
    let [covered @ .., (kind, without)] = covered(&picture);
    for (extension, file) in covered {
        let read = extract(&file, extension).report;
        assert_eq!((read.outcome, read.facts.cover), (Outcome::Ok, Some(true)), "{extension}");
        let (report, output) = make(&file, &["thumbnail"]);
        assert_eq!(report.outcome, Outcome::Ok, "{extension}");
        assert_eq!((report.artifacts, output), (alone.artifacts.clone(), expected.clone()), "{extension}");
    }
    let read = extract(&without, kind).report;
    assert_eq!((read.outcome, read.facts.cover), (Outcome::Ok, None));
    assert_eq!(refusal(&without, "thumbnail"), Some(Reason::Unsupported));
    assert_eq!(extract(&sample("text/hello.txt"), "txt").report.facts.cover, None);
}

#[test]
fn a_cover_that_is_no_picture_or_too_large_is_refused_and_the_text_is_read() {
    let large = [sample("image/oriented-8.jpg"), vec![0; 17 << 20]].concat();
    for picture in [large, b"<html>".to_vec()] {
        for (extension, file) in covered(&picture).into_iter().take(4) {
            assert_eq!(extract(&file, extension).plain.trim(), "x");
            assert!(refusal(&file, "thumbnail").is_some(), "{extension}");
        }
    }
}
