//! What somebody sees pages by: pictures at a width, words with their places, sizes.

use crate::pdf_maker::{Maker, words};
use crate::support::sample;
use model::{Limits, Outcome, PageArtifact, PageSize, PageWord, PageWords, Reason, Report, Request, Task};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::{colorspace::ColorSpace, options::DecoderOptions};

fn show_within(bytes: &[u8], artifact: PageArtifact, limits: Limits) -> (Report, Vec<u8>) {
    let request = Request { task: Task::ShowPage { artifact }, extension: None, limits };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    (report, output)
}

fn show(bytes: &[u8], artifact: PageArtifact) -> (Report, Vec<u8>) {
    show_within(bytes, artifact, Limits::default())
}

fn refusal(bytes: &[u8], artifact: PageArtifact) -> Option<Reason> {
    match show(bytes, artifact).0.outcome {
        Outcome::Rejected { reason, .. } => Some(reason),
        _ => None,
    }
}

/// The size of a page's picture, and its pixels in RGB.
fn image(bytes: &[u8], page: u32, width: u32) -> ((u32, u32), Vec<u8>) {
    let (report, output) = show(bytes, PageArtifact::Image { page, width });
    let [part] = &report.artifacts[..] else { panic!("{report:?}") };
    assert_eq!((part.name.as_str(), part.mime.as_str()), (format!("page-{page}-{width}.jpg").as_str(), "image/jpeg"));
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(&output[..]), options);
    let pixels = decoder.decode().expect("a JPEG");
    let (wide, high) = decoder.dimensions().expect("a size");
    assert_eq!((part.width, part.height), (Some(wide as u32), Some(high as u32)));
    ((wide as u32, high as u32), pixels)
}

fn page_words(bytes: &[u8], page: u32) -> PageWords {
    let (report, output) = show(bytes, PageArtifact::Words { page });
    assert_eq!(report.outcome, Outcome::Ok, "{report:?}");
    serde_json::from_slice(&output).expect("words")
}

/// The edges of a word in points: left, top, right, bottom.
fn edges(word: &PageWord) -> [f64; 4] {
    let [left, top, width, height] = [word.left, word.top, word.width, word.height].map(|side| f64::from(side) / 10.0);
    [left, top, left + width, top + height]
}

fn texts(page: &PageWords) -> Vec<&str> {
    page.words.iter().map(|word| word.text.as_str()).collect()
}

/// 600 by 800 points: white, then green.
fn two_pages() -> Vec<u8> {
    let mut pdf = Maker::default();
    pdf.page("1 0 0 rg 0 400 300 400 re f", "", "");
    pdf.page("0 1 0 rg 0 0 600 800 re f", "/Rotate 90", "");
    pdf.finish("", "")
}

#[test]
fn every_page_is_seen_at_the_width_that_is_asked_for() {
    let pdf = two_pages();
    for (width, size) in [(320, (320, 427)), (800, (800, 1067)), (2400, (2400, 3200))] {
        let (found, pixels) = image(&pdf, 1, width);
        assert_eq!(found, size);
        let at = |x: f64, y: f64| {
            let index = ((y * f64::from(size.1)) as usize * size.0 as usize + (x * f64::from(size.0)) as usize) * 3;
            [pixels[index], pixels[index + 1], pixels[index + 2]]
        };
        let near = |found: [u8; 3], wanted: [u8; 3]| found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 12);
        assert!(near(at(0.2, 0.2), [255, 0, 0]) && near(at(0.8, 0.8), [255; 3]), "{width}");
    }
    // Turned as it says.
    assert_eq!(image(&pdf, 2, 800).0, (800, 600));
}

/// `Limits::page_pixels` and `Limits::image_side`.
#[test]
fn a_page_is_no_larger_than_its_limit() {
    let image = PageArtifact::Image { page: 1, width: 2400 };
    let (report, _) = show_within(&two_pages(), image, Limits { page_pixels: 30_000, ..Limits::default() });
    assert_eq!((report.artifacts[0].width, report.artifacts[0].height), (Some(150), Some(200)));
    let (report, _) = show_within(&two_pages(), image, Limits { image_side: 400, ..Limits::default() });
    assert_eq!((report.artifacts[0].width, report.artifacts[0].height), (Some(300), Some(400)));
}

#[test]
fn a_picture_is_a_page_and_never_made_larger() {
    assert_eq!(image(&sample("image/oriented-6.jpg"), 1, 800).0, (48, 32), "upright");
    let (_, pixels) = image(&sample("image/alpha.png"), 1, 320);
    assert!(pixels.chunks(3).any(|pixel| pixel.iter().all(|&channel| channel > 240)), "on white");
    let scan = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures/kinds/pages.tif");
    assert_eq!(image(&std::fs::read(scan).expect("a scan of three pages"), 3, 320).0, (48, 16));
}

#[test]
fn pages_have_sizes_in_points() {
    let sizes = |bytes: &[u8]| -> Vec<PageSize> {
        let (report, output) = show(bytes, PageArtifact::Sizes);
        assert_eq!(report.outcome, Outcome::Ok, "{report:?}");
        serde_json::from_slice(&output).expect("sizes")
    };
    let size = |page, width_points, height_points| PageSize { page, width_points, height_points };
    assert_eq!(sizes(&two_pages()), [size(1, 600.0, 800.0), size(2, 800.0, 600.0)]);
    // A picture has 200 pixels to an inch.
    assert_eq!(sizes(&sample("image/oriented-6.jpg")), [size(1, 48.0 / 200.0 * 72.0, 32.0 / 200.0 * 72.0)]);
}

#[test]
fn words_are_where_they_are_seen() {
    let page = page_words(&sample("pdf/three-pages.pdf"), 1);
    assert_eq!((page.page, page.engine.as_str(), page.width, page.height), (1, "reader", 6120, 7920));
    let words = texts(&page);
    assert_eq!(words[..6], ["Heading", "A", "paragraph", "that", "is", "long"]);
    // As Poppler has them.
    for (word, expected) in [
        ("Heading", [72.0, 54.8, 161.4, 77.0]),
        ("paragraph", [82.4, 94.1, 132.5, 104.3]),
        ("exam-", [259.1, 94.1, 289.7, 104.3]),
        ("Second", [72.0, 144.1, 109.3, 154.3]),
    ] {
        let found = edges(page.words.iter().find(|found| found.text == word).expect("the word"));
        assert!(found.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1.0), "{word}: {found:?}");
    }
    let divided: Vec<_> = page.words.iter().filter(|word| word.is_divided).map(|word| &*word.text).collect();
    assert_eq!(divided, ["exam-"]);
}

#[test]
fn words_of_a_turned_page_are_where_it_is_seen_and_turned_lines_say_so() {
    let mut pdf = Maker::default();
    pdf.page(&words(100, 700, 20, "turned"), "/Rotate 90", "");
    pdf.page("BT /F1 20 Tf 0 1 -1 0 300 100 Tm (upwards) Tj ET", "", "");
    let pdf = pdf.finish("", "");
    let page = page_words(&pdf, 1);
    assert_eq!((page.width, page.height), (8000, 6000));
    let [left, top, right, bottom] = edges(&page.words[0]);
    assert_eq!(page.words[0].angle, 90);
    // What was 700 points above the bottom is now that far from the left, and the text runs down from 100 below the top.
    assert!((left - 696.0).abs() < 2.0 && (right - 715.0).abs() < 2.0, "{left} {right}");
    assert!((top - 100.0).abs() < 1.0 && bottom > 150.0, "{top} {bottom}");
    let page = page_words(&pdf, 2);
    assert_eq!((texts(&page), page.words[0].angle), (vec!["upwards"], 270));
    let [left, top, right, bottom] = edges(&page.words[0]);
    assert!((left - 285.0).abs() < 2.0 && (right - 304.0).abs() < 2.0 && (bottom - 700.0).abs() < 1.0 && top < 660.0);
}

/// A word for each ideograph, and letters from right to left in the order in which they are read.
#[test]
fn words_of_other_scripts_can_be_found() {
    let map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange \
               4 beginbfchar <41> <4e2d> <42> <6587> <43> <05d0> <44> <05d1> endbfchar endcmap end end";
    let mut pdf = Maker::default();
    let map = pdf.stream("", map);
    let font = format!("/F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode {map} 0 R >>");
    pdf.page("BT /F2 20 Tf 50 700 Td (AB) Tj ET BT /F2 20 Tf 50 600 Td (CDC D) Tj ET", "", &font);
    let page = page_words(&pdf.finish("", ""), 1);
    assert_eq!(texts(&page), ["中", "文", "\u{5d1}", "\u{5d0}\u{5d1}\u{5d0}"]);
    assert!(page.words[0].left < page.words[1].left, "each has its own place");
}

#[test]
fn what_has_no_such_page_is_refused() {
    let (image, words) = (|page| PageArtifact::Image { page, width: 320 }, |page| PageArtifact::Words { page });
    for page in [0, 4, u32::MAX] {
        assert_eq!(refusal(&sample("pdf/three-pages.pdf"), image(page)), Some(Reason::NoSuchPage));
        assert_eq!(refusal(&sample("pdf/three-pages.pdf"), words(page)), Some(Reason::NoSuchPage));
        assert_eq!(refusal(&sample("image/corners.png"), image(page)), Some(Reason::NoSuchPage));
    }
    assert_eq!(refusal(&sample("image/corners.png"), words(1)), Some(Reason::Unsupported));
    for artifact in [image(1), words(1), PageArtifact::Sizes] {
        assert_eq!(refusal(&sample("text/hello.txt"), artifact), Some(Reason::Unsupported));
        assert_eq!(refusal(&sample("pdf/encrypted-secret.pdf"), artifact), Some(Reason::Encrypted));
    }
}
