//! PDF: what the document says of itself, its outline, links, forms and files inside of it.

use crate::pdf_maker::{Maker, prose, words};
use crate::support::extract;
use model::Attachment;

#[test]
fn titles_of_the_outline_are_headings_whatever_their_size() {
    let mut maker = Maker::default();
    let first = maker.page(&(words(50, 700, 11, "1 Beginnings") + &prose(680)), "", "");
    let formula = words(50, 712, 11, "= +");
    let second = maker.page(&(formula + &words(50, 700, 11, "1.1 The details of it") + &prose(680)), "", "");
    let (one, two, root) = (maker.objects() + 3, maker.objects() + 4, maker.objects() + 5);
    let leaf = maker.objects() + 6;
    maker.add(&format!("<< /Title (Beginnings) /Parent {root} 0 R /Dest [{first} 0 R /Fit] /First {two} 0 R >>"));
    // It leads back to the first, which must not be an endless walk.
    maker.add(&format!("<< /Title (The details of it) /A << /S /GoTo /D (detail) >> /Next {one} 0 R >>"));
    maker.add(&format!("<< /Type /Outlines /First {one} 0 R >>"));
    maker.add(&format!("<< /Limits [(a) (z)] /Names [(detail) << /D [{second} 0 R /XYZ 0 0 0] >>] >>"));
    let file = maker.finish(&format!("/Outlines {root} 0 R /Names << /Dests << /Kids [{leaf} 0 R] >> >>"), "");
    let made = extract(&file, "pdf");
    let headings: Vec<&str> = made.markdown.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(headings, ["# 1 Beginnings", "## 1.1 The details of it"], "{}", made.markdown);
}

#[test]
fn the_document_says_when_it_was_made_and_in_which_language() {
    let mut maker = Maker::default();
    maker.page(&prose(700), "", "");
    let info = maker.add(
        "<< /Title (A \u{8d}quoted\u{8e} title) /Author (Zo\u{eb}) /CreationDate (D:20240229123456+02'30') \
         /ModDate (D:20230231000000Z) >>",
    );
    let facts = extract(&maker.finish("/Lang (en-CH)", &format!("/Info {info} 0 R")), "pdf").report.facts;
    assert_eq!(facts.title.as_deref(), Some("A “quoted” title"));
    assert_eq!(facts.author.as_deref(), Some("Zoë"));
    assert_eq!(facts.created.as_deref(), Some("2024-02-29T12:34:56+02:30"));
    assert_eq!(facts.modified, None, "there is no 31 February");
    assert_eq!(facts.language.as_deref(), Some("en-CH"), "which says more than the text itself, English");
    assert_eq!(facts.encrypted, None);
}

#[test]
fn what_the_text_is_in_counts_more_than_what_it_says_it_is_in() {
    let language_of = |text: &str| {
        let mut maker = Maker::default();
        maker.page(text, "", "");
        extract(&maker.finish("/Lang (de-CH)", ""), "pdf").report.facts.language
    };
    assert_eq!(language_of(&prose(700)).as_deref(), Some("en"));
    assert_eq!(language_of("BT /F 12 Tf 72 700 Td (42) Tj ET").as_deref(), Some("de-CH"), "when in doubt");
}

#[test]
fn files_inside_are_listed() {
    let mut maker = Maker::default();
    let data = maker.stream("/Type /EmbeddedFile /Subtype /text#2Fcsv /Params << /Size 1234 >>", "a,b");
    let note = maker.stream("/Type /EmbeddedFile", "hello");
    let annotation = format!(
        "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /F (note.txt) /EF << /F {note} 0 R >> >> >>]"
    );
    maker.page(&prose(700), &annotation, "");
    let names = format!(
        "/Names << /EmbeddedFiles << /Names [(1) << /F (data.csv) /UF (d\u{e4}ta.csv) /EF << /F {data} 0 R >> >> \
         (2) << /F (elsewhere.txt) >>] >> >>"
    );
    let made = extract(&maker.finish(&names, ""), "pdf");
    let file = |name: &str, size: u64, mime: Option<&str>| Attachment {
        name: name.into(),
        size_bytes: Some(size),
        mime: mime.map(str::to_owned),
    };
    assert_eq!(
        made.report.facts.attachments,
        [file("däta.csv", 1234, Some("text/csv")), file("note.txt", 5, None)],
        "a file that is not inside is not listed"
    );
    assert!(
        made.markdown.ends_with("## Attachments\n\n- däta.csv (text/csv, 1234 bytes)\n- note.txt (5 bytes)\n"),
        "{}",
        made.markdown
    );
    assert!(!made.plain.contains("data.csv"));
}

#[test]
fn words_that_lead_somewhere_are_links_over_line_ends_too() {
    let mut maker = Maker::default();
    let text = words(50, 700, 10, "Read more at the") + &words(50, 688, 10, "Example Site, or stay.");
    let annotations = "/Annots [\
        << /Type /Annot /Subtype /Link /Rect [101 696 130 710] /A << /S /URI /URI (https://example.org/a\\(b\\)) >> >> \
        << /Type /Annot /Subtype /Link /Rect [48 684 108 697] /A << /S /URI /URI (https://example.org/a\\(b\\)) >> >> \
        << /Type /Annot /Subtype /Link /Rect [115 684 140 697] /A << /S /URI /URI (javascript:alert\\(1\\)) >> >>]";
    maker.page(&text, annotations, "");
    let made = extract(&maker.finish("", ""), "pdf");
    assert_eq!(made.plain, "Read more at the\nExample Site, or stay.\n");
    assert_eq!(
        made.markdown,
        "<!-- page: 1 -->\n\nRead more [at the Example Site](https://example.org/a%28b%29), or stay.\n\n"
    );
}

#[test]
fn values_of_fields_stand_beside_their_labels() {
    let mut maker = Maker::default();
    let look = maker.stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 \
         /BaseFont /Helvetica >> >> >>",
        "BT /F1 10 Tf 2 4 Td (Ada) Tj ET",
    );
    let fields = format!(
        "/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada) /Rect [150 696 250 716] /AP << /N {look} 0 R >> >> \
         << /Type /Annot /Subtype /Widget /FT /Ch /T (colours) /V [(red) (blue)] /Rect [150 600 250 620] >>]"
    );
    maker.page(&(words(50, 700, 10, "Name:") + &words(50, 650, 10, "Signed below.")), &fields, "");
    let made = extract(&maker.finish("", ""), "pdf");
    assert_eq!(made.plain, "Name:\tAda\n\nSigned below.\n\nred, blue\n");
}

#[test]
fn trees_that_lead_back_to_themselves_end() {
    let mut maker = Maker::default();
    let page = maker.page(&prose(700), "", "");
    let tree = maker.objects() + 3;
    let kids = format!("{tree} 0 R ").repeat(50);
    maker.add(&format!("<< /Kids [{kids}] >>"));
    let item = maker.add("<< /Title (Lost) /Dest (nowhere) >>");
    let root = maker.add(&format!("<< /First {item} 0 R >>"));
    let names = format!("/Names << /Dests {tree} 0 R /EmbeddedFiles {tree} 0 R >> /Outlines {root} 0 R");
    let made = extract(&maker.finish(&names, &format!("/Unused {page} 0 R")), "pdf");
    assert_eq!(made.report.outcome.code(), "ok");
    assert!(made.plain.starts_with("The body of this page"));
}
