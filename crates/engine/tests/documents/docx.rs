//! Word documents, made by docx-rs and by hand.

use crate::support::{extract, extract_within, zip};
use docx_rs::{
    AbstractNumbering, Docx, Footer, Footnote, Header, Hyperlink, HyperlinkType, IndentLevel, Level, LevelJc,
};
use docx_rs::{LevelText, NumberFormat, Numbering, NumberingId, Paragraph, Run, Start, Table, TableCell, TableRow};
use model::{Limits, Reason};
use std::io::Cursor;

/// A document with these elements in its body.
pub fn document(body: &str) -> Vec<u8> {
    let xml = format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><w:body>{body}</w:body></w:document>"#
    );
    zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &xml)])
}

fn paragraph(text: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(text))
}

#[test]
fn bold_and_italic_are_marked() {
    let run = |properties: &str, text: &str| {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>")
    };
    let p = |properties: &str, runs: &str| format!("<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>");
    let row = |text: &str| format!("<w:tr><w:tc>{}</w:tc></w:tr>", p("", &run("<w:b/>", text)));
    let bold = "<w:b/><w:bCs/>";
    let body = [
        p("<w:pStyle w:val='Heading1'/>", &run(bold, "Head")),
        p(
            "",
            &[run("", "a "), run(bold, "bo"), run("<w:b/>", "ld "), run("<w:i w:val='1'/>", "b"), run("", "c")]
                .concat(),
        ),
        p("<w:rPr><w:b/></w:rPr>", &run("<w:rPrChange><w:rPr><w:b/></w:rPr></w:rPrChange>", "plain")),
        p(
            "<w:pStyle w:val='Q'/>",
            &[
                run("", "set "),
                run("<w:rStyle w:val='E'/>", "off "),
                run("<w:i w:val='0'/>", "too "),
                run("<w:rStyle w:val='S'/>", "both"),
            ]
            .concat(),
        ),
        format!("<w:tbl>{}{}</w:tbl>", row("k"), row("v")),
    ];
    let styles = "<w:styles><w:style w:styleId='Heading1'><w:name w:val='heading 1'/><w:rPr><w:i/></w:rPr></w:style><w:style w:styleId='B'><w:rPr><w:i/></w:rPr></w:style><w:style w:styleId='Q'><w:basedOn w:val='B'/>\
                  </w:style><w:style w:styleId='E'><w:rPr><w:i/></w:rPr></w:style><w:style w:styleId='S'><w:rPr><w:b/></w:rPr>\
                  </w:style></w:styles>";
    let body = format!("<w:document><w:body>{}</w:body></w:document>", body.concat());
    let file = zip(&[("[Content_Types].xml", "<Types/>"), ("word/styles.xml", styles), ("word/document.xml", &body)]);
    let made = extract(&file, "docx");
    assert_eq!(
        made.markdown,
        "# Head\n\na **bold** *b*c\n\nplain\n\n*set* off too ***both***\n\n| k |\n| --- |\n| **v** |\n\n"
    );
    assert_eq!(made.plain, "Head\n\na bold bc\n\nplain\n\nset off too both\n\nk\nv\n\n");
}

#[test]
fn the_parts_of_a_document_are_read_in_order() {
    let cell = |text: &str| TableCell::new().add_paragraph(paragraph(text));
    let list = AbstractNumbering::new(7).add_level(Level::new(
        0,
        Start::new(3),
        NumberFormat::new("lowerLetter"),
        LevelText::new("%1)"),
        LevelJc::new("left"),
    ));
    let link = Hyperlink::new("https://example.org/a", HyperlinkType::External).add_run(Run::new().add_text("a link"));
    let note = Footnote::new().add_content(paragraph("The note."));
    let docx = Docx::new()
        .header(Header::new().add_paragraph(paragraph("The header")))
        .footer(Footer::new().add_paragraph(paragraph("The footer")))
        .add_abstract_numbering(list)
        .add_numbering(Numbering::new(7, 7))
        .add_paragraph(paragraph("Title").style("Heading1"))
        .add_paragraph(Paragraph::new().add_run(Run::new().add_text("See ")).add_hyperlink(link))
        .add_paragraph(paragraph("first").numbering(NumberingId::new(7), IndentLevel::new(0)))
        .add_paragraph(paragraph("second").numbering(NumberingId::new(7), IndentLevel::new(0)))
        .add_table(Table::new(vec![
            TableRow::new(vec![cell("k"), cell("v")]),
            TableRow::new(vec![cell("1"), cell("a | b")]),
        ]))
        .add_paragraph(Paragraph::new().add_run(Run::new().add_text("Noted").add_footnote_reference(note)));
    let mut file = Cursor::new(vec![]);
    docx.build().pack(&mut file).unwrap();
    let made = extract(file.get_ref(), "docx");
    assert_eq!(made.report.format.as_deref(), Some("docx"));
    assert_eq!(
        made.plain,
        "The header\n\nTitle\n\nSee a link\n\nfirst\nsecond\n\nk\tv\n1\ta | b\n\nNoted[^1]\n\n[^1]: The note.\n\n\
         The footer\n\nhttps://example.org/a\n"
    );
    assert_eq!(
        made.markdown,
        "The header\n\n# Title\n\nSee [a link](https://example.org/a)\n\n- c) first\n- d) second\n\n| k | v |\n\
         | --- | --- |\n| 1 | a \\| b |\n\nNoted[^1]\n\n[^1]: The note.\n\nThe footer\n\n"
    );
}

#[test]
fn insertions_are_text_and_deletions_are_not() {
    let body = "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>\
                <w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p>";
    assert_eq!(extract(&document(body), "docx").plain, "new\n\n");
}

/// Comments are where our pages begin, and a reader of the Markdown believes them.
#[test]
fn no_text_makes_a_comment_of_its_pieces() {
    let body = "<w:p><w:r><w:t>&lt;!-- page: 7 --&gt;</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>&lt;</w:t></w:r>\
                <w:r><w:t>!-- page: 8 --></w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let made = extract(&document(body), "docx");
    assert_eq!(made.plain, "<!-- page: 7 -->\n\n<!-- page: 8 -->\n\n");
    assert_eq!(made.markdown, "&lt;!-- page: 7 -->\n\n| &lt;!-- page: 8 --> |\n| --- |\n\n");
}

#[test]
fn formulas_nested_tables_tabs_and_breaks_are_text() {
    let body = "<w:p><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f>\
                </m:oMath><w:r><w:tab/><w:t>c</w:t><w:br/><w:t>d &amp; &#233;</w:t></w:r></w:p>\
                <w:tbl><w:tr><w:tc><w:p><w:r><w:t>out</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>in</w:t></w:r>\
                </w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>";
    assert_eq!(extract(&document(body), "docx").plain, "a/b\tc\nd & é\n\nout in\n\n");
}

#[test]
fn text_boxes_are_read_once() {
    let shape = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>";
    let body = format!(
        "<w:p><w:r><w:t>around</w:t><AlternateContent><Choice>{shape}</Choice><Fallback>{shape}</Fallback>\
         </AlternateContent></w:r></w:p>"
    );
    assert_eq!(extract(&document(&body), "docx").plain, "boxed\n\naround\n\n");
}

#[test]
fn a_document_type_is_refused_in_any_encoding() {
    let bomb = "<!DOCTYPE d [<!ENTITY a \"x\">]><w:document><w:body/></w:document>";
    let plain = zip(&[("word/document.xml", bomb)]);
    assert_eq!(extract(&plain, "docx").reason(), Some(Reason::XmlEntities));
    let styles = zip(&[("word/document.xml", "<w:document/>"), ("word/styles.xml", bomb)]);
    assert_eq!(extract(&styles, "docx").reason(), Some(Reason::XmlEntities));
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let spaces = " ".repeat(3 << 20);
    let bomb = document(&format!("<w:p>{spaces}</w:p>"));
    assert_eq!(extract(&bomb, "docx").reason(), Some(Reason::TooLargeDecompressed), "by its ratio");
    let limits = Limits { archive_part_bytes: 100, ..Limits::default() };
    assert_eq!(
        extract_within(&document("<w:p/>"), "docx", limits).reason(),
        Some(Reason::TooLargeDecompressed),
        "by a part's size"
    );
    let limits = Limits { archive_bytes: 100, ..Limits::default() };
    assert_eq!(
        extract_within(&document("<w:p/>"), "docx", limits).reason(),
        Some(Reason::TooLargeDecompressed),
        "by the size of all"
    );
    let limits = Limits { archive_entries: 1, ..Limits::default() };
    assert_eq!(
        extract_within(&document("<w:p/>"), "docx", limits).reason(),
        Some(Reason::TooLargeDecompressed),
        "by the number of parts"
    );
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    let body = "<w:sdt>".repeat(300) + &"</w:sdt>".repeat(300);
    assert_eq!(extract(&document(&body), "docx").reason(), Some(Reason::Malformed));
}

#[test]
fn a_cut_document_never_panics() {
    let whole = document("<w:p><w:r><w:t>text</w:t></w:r></w:p>");
    for end in 0..whole.len() {
        let made = extract(&whole[..end], "docx");
        assert_ne!(made.report.outcome.code(), "internal", "cut at {end}");
    }
}
