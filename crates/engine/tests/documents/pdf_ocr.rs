//! PDF: which pages need to be looked at to be read, and fonts that do not say what their glyphs mean.

use crate::pdf_maker::{Maker, prose, words};
use crate::support::extract;

/// A picture over the whole page.
const SCAN: &str = "q 600 0 0 800 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q\n";
/// Two bytes a glyph and no word on what they mean.
const NAMELESS: &str = "/F2 << /Type /Font /Subtype /Type0 /BaseFont /Nameless /Encoding /Identity-H /DescendantFonts \
    [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Nameless /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) \
    /Supplement 0 >> >>] >>";

/// Whether a page that draws this needs it.
fn needs_ocr(content: &str, fonts: &str) -> bool {
    let mut maker = Maker::default();
    maker.page(content, "", fonts);
    extract(&maker.finish("", ""), "pdf").report.facts.pages_without_text == [1]
}

#[test]
fn an_empty_page_and_a_page_of_text_need_nothing() {
    assert!(!needs_ocr("", ""));
    assert!(!needs_ocr("0 0 600 800 re f", ""), "a coloured background is no picture");
    assert!(!needs_ocr(&prose(700), ""));
    assert!(!needs_ocr(&(SCAN.to_owned() + &prose(700)), ""), "text over a picture is text");
}

#[test]
fn a_picture_with_a_stamp_needs_it() {
    assert!(needs_ocr(SCAN, ""));
    assert!(needs_ocr(&(SCAN.to_owned() + &words(50, 20, 9, "Scanned by a phone, page 12")), ""));
    let small = "q 60 0 0 80 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q\n";
    assert!(!needs_ocr(&(small.to_owned() + &words(50, 20, 9, "Logo and name")), ""));
}

#[test]
fn letters_drawn_as_shapes_need_it() {
    let shape = "10 10 m 20 30 l 30 10 l f\n";
    assert!(needs_ocr(&shape.repeat(40), ""));
}

#[test]
fn a_layer_under_a_scan_is_text_if_it_is_made_of_words() {
    let layer = |text: &str| format!("{SCAN} 3 Tr {}", words(50, 700, 10, text));
    let mut maker = Maker::default();
    maker.page(&layer("What a program recognised on this page"), "", "");
    let made = extract(&maker.finish("", ""), "pdf");
    assert_eq!(made.plain, "What a program recognised on this page\n");
    assert!(made.report.facts.pages_without_text.is_empty());
    assert!(needs_ocr(&layer("~;.'| _--^ ,,:;! ''`~ .|.|_ /// ... ^^ ~~ ;;;"), ""));
}

#[test]
fn glyphs_without_a_meaning_need_it() {
    let text = "BT /F2 10 Tf 50 700 Td <000100020003000400050006000700080009> Tj ET";
    assert!(needs_ocr(text, NAMELESS));
    let private = NAMELESS.replace("/F2 <<", "/F2 << /ToUnicode 3 0 R");
    let mut maker = Maker::default();
    maker.stream(
        "",
        "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0001> <00ff> <e001> endbfrange",
    );
    maker.page(text, "", &private);
    assert_eq!(extract(&maker.finish("", ""), "pdf").report.facts.pages_without_text, [1]);
}

/// Numbers of Adobe's Japanese characters are known without the font's help, and columns are read from the right.
#[test]
fn numbered_characters_of_a_collection_are_read() {
    let font = NAMELESS.replace("(Identity)", "(Japan1)").replace("Identity-H", "Identity-V");
    // 日本 in the right column, 語 in the left one.
    let text = "BT /F2 10 Tf 300 700 Td <0d3d0e94> Tj -20 0 Td <07e5> Tj ET";
    let mut maker = Maker::default();
    maker.page(text, "", &font);
    let made = extract(&maker.finish("", ""), "pdf");
    assert!(!made.plain.contains('\u{fffd}'), "{}", made.plain);
    assert!(made.report.facts.pages_without_text.is_empty());
}
