//! PDF: what glyphs stand for whose fonts do not say it plainly.

use crate::pdf_maker::Maker;
use crate::support::{Made, extract};
use skrifa::FontRef;
use skrifa::charmap::Charmap;

/// A composite font of this name, whose codes number its glyphs, with more `entries` and those of what it is made of.
fn composite(name: &str, entries: &str, inner: &str) -> String {
    format!(
        "/F2 << /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H {entries} /DescendantFonts [ << \
         /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /DW 600 /CIDSystemInfo << /Registry (Adobe) \
         /Ordering (Identity) /Supplement 0 >> {inner} >> ] >>"
    )
}

fn read(maker: Maker) -> Made {
    extract(&maker.finish("", ""), "pdf")
}

fn page(content: &str, fonts: &str) -> Made {
    let mut maker = Maker::default();
    maker.page(content, "", fonts);
    read(maker)
}

/// Draws these codes of two bytes in the second font.
fn codes(codes: impl IntoIterator<Item = u32>) -> String {
    let codes: String = codes.into_iter().map(|code| format!("{code:04X}")).collect();
    format!("BT /F2 20 Tf 50 700 Td <{codes}> Tj ET")
}

#[test]
fn codes_are_characters_where_the_file_says_so() {
    let font = composite("Some-Font", "/ToUnicode /Identity-H", "");
    let made = page(&codes("Výbava na přání".chars().map(u32::from)), &font);
    assert_eq!(made.plain, "Výbava na přání\n");
    assert_eq!(made.report.facts.pages_without_text, [0; 0]);
}

#[test]
fn glyphs_of_well_known_families_are_read_by_their_order() {
    // In these numbers "Volumes" would be "9ROXPHV".
    let arial = [57, 82, 79, 88, 80, 72, 86];
    let made = page(&codes(arial), &composite("Times New Roman".replace(' ', "#20").as_str(), "", ""));
    assert_eq!(made.plain, "Volumes\n");
    let cyrillic = page(&codes([577, 602, 603]), &composite("ArialMT", "", ""));
    assert_eq!(cyrillic.plain, "Заб\n");
    let calibri = page(&codes([38, 381, 437, 396]), &composite("Calibri", "", ""));
    assert_eq!(calibri.plain, "Four\n");
    assert_eq!(calibri.report.facts.pages_without_text, [0; 0]);
}

#[test]
fn an_embedded_font_says_what_its_glyphs_are() {
    let program = include_bytes!("../../assets/DejaVuSans.ttf");
    let font = FontRef::new(program).expect("our own font can be read");
    let glyphs = "Grüße, Ωραία".chars().map(|c| Charmap::new(&font).map(c).expect("it has the letter").to_u32());
    let content = codes(glyphs);
    let mut maker = Maker::default();
    let hex: String = program.iter().map(|byte| format!("{byte:02x}")).collect();
    let file = maker.stream("/Filter /ASCIIHexDecode", &hex);
    let descriptor = format!("/FontDescriptor << /Type /FontDescriptor /FontName /Some-Font /FontFile2 {file} 0 R >>");
    maker.page(&content, "", &composite("Some-Font", "", &format!("/CIDToGIDMap /Identity {descriptor}")));
    assert_eq!(read(maker).plain, "Grüße, Ωραία\n");
}

/// A Type 3 font in which glyphs are named after their codes, as TeX's bitmap fonts are.
fn bitmap_font(maker: &mut Maker) -> String {
    let glyph = maker.stream("", "500 0 0 0 500 700 d1 0 0 500 700 re f");
    let codes = 0..=122;
    let names: String = codes.clone().map(|code| format!("/a{code} ")).collect();
    let glyphs: String = codes.map(|code| format!("/a{code} {glyph} 0 R ")).collect();
    let widths = "500 ".repeat(123);
    format!(
        "/F2 << /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 0 \
         /LastChar 122 /Widths [{widths}] /Encoding << /Differences [0 {names}] >> /CharProcs << {glyphs} >> >>"
    )
}

#[test]
fn bitmap_fonts_of_tex_are_read_by_their_codes_with_their_ligatures() {
    let mut maker = Maker::default();
    let font = bitmap_font(&mut maker);
    maker.page("BT /F2 10 Tf 50 700 Td (the signi\\014er \\020is su\\016cient\\021) Tj ET", "", &font);
    let made = read(maker);
    assert_eq!(made.plain, "the signifier “is sufficient”\n");
    assert_eq!(made.report.facts.pages_without_text, [0; 0], "it reads like words");
}

#[test]
fn codes_that_do_not_read_like_words_are_for_recognition() {
    let mut maker = Maker::default();
    let font = bitmap_font(&mut maker);
    maker.page("BT /F2 10 Tf 50 700 Td (wkhvh ohwwhuv duh wkuhh sodfhv rii) Tj ET", "", &font);
    assert_eq!(read(maker).report.facts.pages_without_text, [1]);
}

#[test]
fn letters_of_a_font_that_calls_any_size_one_stay_words() {
    let mut maker = Maker::default();
    let font = bitmap_font(&mut maker).replace("0.001 0 0 0.001", "0.02 0 0 0.02");
    maker.page("BT /F2 1 Tf 50 700 Td (several words of) Tj 0 -14 Td (the same size) Tj ET", "", &font);
    assert_eq!(read(maker).plain, "several words of\nthe same size\n");
}

#[test]
fn letters_that_are_filled_and_stroked_are_there_once() {
    let made = page("BT /F1 20 Tf 2 Tr 50 700 Td (In) Tj 17 0 Td (ter) Tj 24 0 Td (national) Tj ET", "");
    assert_eq!(made.plain, "International\n");
}

#[test]
fn the_text_that_the_file_has_for_a_glyph_is_its_text() {
    let mut maker = Maker::default();
    let font = bitmap_font(&mut maker);
    let content = "BT /F2 10 Tf 50 700 Td (above all ) Tj /Span << /ActualText <FEFF0028> >> BDC (L) Tj EMC (the e) Tj \
                   /Span << /ActualText (ffi) >> BDC (\\001\\002) Tj EMC (cient one) Tj ET";
    maker.page(content, "", &font);
    let made = read(maker);
    assert_eq!(made.plain, "above all (the efficient one\n");
    assert_eq!(made.report.facts.pages_without_text, [0; 0]);
}

#[test]
fn letters_of_a_font_that_stands_in_for_another_stay_words() {
    // Wide letters are as wide as narrow ones, and drawn half as wide as they are.
    let font = "/F2 << /Type /Font /Subtype /TrueType /BaseFont /Some-Mono /Encoding /WinAnsiEncoding /FirstChar 32 \
                /LastChar 126 /Widths [WIDTHS] /FontDescriptor << /Type /FontDescriptor /FontName /Some-Mono /Flags 32 >> >>";
    let font = font.replace("WIDTHS", &"400 ".repeat(95));
    let made = page("BT /F2 10 Tf 50 700 Td (Gross Weight WWW Commission) Tj ET", &font);
    assert_eq!(made.plain, "Gross Weight WWW Commission\n");
}

#[test]
fn accents_are_taken_into_the_letters_they_stand_over() {
    let font = "/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
    // TeX draws the accent first and goes back; others draw it afterwards.
    let made = page("BT /F2 10 Tf 50 700 Td [(J\u{a8}) 460 (org and Fran) -30 (c) 420 (\u{b8}) -87 (ois)] TJ ET", font);
    assert_eq!(made.plain, "Jörg and François\n");
    let apart = page("BT /F2 10 Tf 50 700 Td (a \u{a8} b) Tj ET", font);
    assert_eq!(apart.plain, "a ¨ b\n");
}

#[test]
fn a_gap_is_a_space_also_beside_spaces_that_are_drawn() {
    let made = page("BT /F1 10 Tf 50 700 Td [(Wenn) -220 (Sie weitere Fragen) -220 (haben, dann)] TJ ET", "");
    assert_eq!(made.plain, "Wenn Sie weitere Fragen haben, dann\n");
}

#[test]
fn letters_that_stand_unevenly_apart_are_words() {
    let apart = |word: &str| {
        let letters: Vec<String> =
            word.chars().enumerate().map(|(at, c)| format!("({c}) {}", -120 - 90 * (at as i32 % 3))).collect();
        letters.join(" ")
    };
    let made = page(&format!("BT /F1 10 Tf 50 700 Td [{} -500 {}] TJ ET", apart("Supplement"), apart("Science")), "");
    assert_eq!(made.plain, "Supplement Science\n");
}

#[test]
fn a_file_whose_header_is_damaged_is_read_by_its_name() {
    let mut maker = Maker::default();
    maker.page("BT /F1 10 Tf 50 700 Td (Hello PDF world) Tj ET", "", "");
    let mut file = maker.finish("", "");
    file[4] = b'1';
    assert_eq!(extract(&file, "pdf").plain, "Hello PDF world\n");
}
