//! Office before 1997, and what Office 2003 wrote as XML.

use crate::legacy::{numbers, record, wide};
use crate::support::{compound, extract, sample};
use model::{Outcome, Reason};

fn detail(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Rejected { detail, .. } => detail,
        _ => "",
    }
}

#[test]
fn word_for_windows_2_is_read() {
    let made = extract(&sample("doc/word2.doc"), "doc");
    assert_eq!(made.report.format.as_deref(), Some("doc"));
    assert_eq!(
        made.markdown,
        "Head\n\nGrüße aus Köln\n\n| Name | City |\n| --- | --- |\n\nsee [here](https://example.org/)\n\n"
    );
    assert_eq!(extract(&sample("doc/word2.doc"), "").report.format.as_deref(), Some("doc"));
}

#[test]
fn write_is_read_without_its_pictures() {
    let made = extract(&sample("doc/write.wri"), "wri");
    assert_eq!((made.report.format.as_deref(), made.plain.as_str()), (Some("doc"), "Grüße\n\nafter\n\n"));
}

#[test]
fn word_for_the_macintosh_is_read_and_one_in_pieces_is_refused_with_a_sentence() {
    let file = |flags: u8| {
        let mut file = vec![0xfe, 0x37, 0, 0x1c];
        file.resize(128, 0);
        file[11] = flags;
        file[0x14..0x1c].copy_from_slice(&[128u32.to_be_bytes(), 138u32.to_be_bytes()].concat());
        // A ß and an ü of the Macintosh.
        file.extend(b"Gr\x9f\xa7e\rtwo\r");
        file
    };
    assert_eq!(extract(&file(0), "doc").plain, "Grüße\n\ntwo\n\n");
    let refused = extract(&file(4), "doc");
    assert_eq!(refused.reason(), Some(Reason::Unsupported));
    assert!(detail(&refused.report.outcome).contains("Word for the Macintosh"), "{:?}", refused.report.outcome);
}

/// Word 6 of the Far East has characters of two bytes, and was read as if they had one.
#[test]
fn word_6_of_the_far_east_is_read_in_characters_of_two_bytes() {
    let text = wide("東京 Tokyo\r");
    let mut file = vec![0; 0x200];
    file[..12].copy_from_slice(&[0xa699u16, 0x68, 0, 0x411, 0, 0x1000].map(u16::to_le_bytes).concat());
    file[0x18..0x1c].copy_from_slice(&0x200u32.to_le_bytes());
    file[0x34..0x38].copy_from_slice(&(text.len() as u32 / 2).to_le_bytes());
    file.extend(text);
    assert_eq!(extract(&compound(&[("WordDocument", file)]), "doc").plain, "東京 Tokyo\n\n");
}

#[test]
fn a_cut_old_document_never_panics() {
    for name in ["doc/word2.doc", "doc/write.wri", "xls/excel2.xls", "xls/excel4.xls", "excel-xml/prices.xml"] {
        let whole = sample(name);
        for end in 0..whole.len() {
            assert_ne!(extract(&whole[..end], "doc").report.outcome.code(), "internal", "{name} cut at {end}");
        }
    }
}

#[test]
fn a_sheet_of_excel_2_is_read_with_its_shares_and_dates() {
    let made = extract(&sample("xls/excel2.xls"), "xls");
    assert_eq!(made.report.format.as_deref(), Some("xls"));
    assert_eq!(made.plain, "Sheet1\n\nItem\tShare\tDay\npär\t50%\t2024-01-02\ntext\tTRUE\n\n");
    assert_eq!(made.report.facts.pages, Some(1));
}

#[test]
fn a_workbook_of_excel_4_has_its_sheets_and_its_letters() {
    let made = extract(&sample("xls/excel4.xls"), "xls");
    assert_eq!(made.plain, "One\n\nЦена\t25%\nresult\n\n\u{c}Two\n\n42.5\n\n");
    assert_eq!(made.report.facts.pages, Some(2));
}

/// The text that a formula came to was cut where its record ends.
#[test]
fn a_long_text_of_a_formula_goes_on_in_the_next_record() {
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let globals = |at: u32| {
        let entry = [&at.to_le_bytes()[..], &[0, 0], &[1, 0, b'S']].concat();
        [record(0x809, &[0, 6, 5, 0]), record(0x85, &entry), record(0x0a, &[])].concat()
    };
    let globals = globals(globals(0).len() as u32);
    let formula = [&[0; 6][..], &[0, 0, 0, 0, 0, 0, 0xff, 0xff]].concat();
    let sheet = [
        record(0x809, &[0, 6, 0x10, 0]),
        record(0x06, &formula),
        record(0x207, b"\x08\0\0long"),
        record(0x3c, b"\0text"),
        record(0x0a, &[]),
    ]
    .concat();
    let made = extract(&compound(&[("Workbook", [globals, sheet].concat())]), "xls");
    assert_eq!(made.plain, "S\n\nlongtext\n\n");
}

#[test]
fn a_presentation_for_two_versions_is_read_as_the_newer() {
    let text = |text: &str| [record(0, 0xf9f, &numbers(&[0])), record(0, 0xfa0, &wide(text))].concat();
    let list = record(0xf, 0xff0, &[record(0, 0x3f3, &numbers(&[2, 0, 1, 256, 0])), text("Newer")].concat());
    let foot = |text: &str| {
        record(0x3f, 0xfd9, &[record(0, 0xfda, &[0, 0, 1 << 5, 0]), record(0x20, 0xfba, &wide(text))].concat())
    };
    let document = record(0xf, 0x3e8, &[foot("at the foot"), list].concat());
    let slide = record(0xf, 0x3ee, &record(2, 0x3ef, &numbers(&[0; 6])));
    let (first, second) = (0, document.len() as u32);
    let table_at = second + slide.len() as u32;
    let table = record(0, 0x1772, &numbers(&[1 | 2 << 20, first, second]));
    let edit_at = table_at + table.len() as u32;
    let edit = record(0, 0xff5, &numbers(&[0, 0, 0, table_at, 1, 2, 0]));
    let user = [vec![0; 12], numbers(&[0xe391_c05f, edit_at])].concat();
    let old = b"\x03\0\0\0\xff\xff\0\0 and so on".to_vec();
    let newer = [document, slide, table, edit].concat();
    let both = compound(&[
        ("Current User", vec![0; 20]),
        ("PowerPoint Document", old.clone()),
        ("PP97_DUALSTORAGE/Current User", user),
        ("PP97_DUALSTORAGE/PowerPoint Document", newer),
    ]);
    assert_eq!(extract(&both, "ppt").plain, "Newer\n\nat the foot\n\n");

    let with_texts = compound(&[("PowerPoint Document", old.clone()), ("Text_Content", b"K\xf6ln\rtwo\r".to_vec())]);
    assert_eq!(extract(&with_texts, "ppt").plain, "Köln\n\ntwo\n\n");
    let without = extract(&compound(&[("PowerPoint Document", old)]), "ppt");
    assert!(detail(&without.report.outcome).starts_with("This is a PowerPoint 95 presentation"));
}

#[test]
fn documents_that_nothing_reads_are_called_by_their_name() {
    for (bytes, extension, name) in [
        (b"\xffWPC\x10\0\0\0\x01\x0a".to_vec(), "doc", "WordPerfect"),
        (b"\0\0\x02\0\x06\x04\x06\0\x08\0".to_vec(), "xls", "Lotus 1-2-3"),
        (compound(&[("PP40", vec![1; 8])]), "ppt", "PowerPoint 4"),
    ] {
        let made = extract(&bytes, extension);
        assert_eq!(made.reason(), Some(Reason::Unsupported), "{name}");
        assert!(detail(&made.report.outcome).contains(name), "{:?}", made.report.outcome);
    }
}

#[test]
fn workbooks_in_xml_are_read_as_workbooks_whatever_they_are_called() {
    for extension in ["xml", "xls", ""] {
        let made = extract(&sample("excel-xml/prices.xml"), extension);
        assert_eq!(made.report.format.as_deref(), Some("excel-xml"), "{extension}");
        assert_eq!(
            made.plain,
            "Prices\n\nItem\tPrice\t\tDay\npär\t50%\t\t2024-01-02\ntwo words\t\tTRUE\n\n\u{c}Empty\n\n"
        );
        assert_eq!(made.report.facts.pages, Some(2));
    }
}

#[test]
fn documents_in_xml_are_read_as_documents() {
    let made = extract(&sample("word-xml/letter.xml"), "xml");
    assert_eq!(made.report.format.as_deref(), Some("word-xml"));
    assert_eq!(made.markdown, "# A heading\n\nGrüße and **bold**\n\n| one | two |\n| --- | --- |\n\n");
    let package = "<?xml version='1.0'?><pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'>\
                   <pkg:part pkg:name='/word/document.xml'><pkg:xmlData><w:document xmlns:w='w'><w:body><w:p><w:r>\
                   <w:t>packed</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part></pkg:package>";
    assert_eq!(extract(package.as_bytes(), "doc").plain, "packed\n\n");
}

#[test]
fn open_documents_in_one_file_are_read() {
    let made = extract(&sample("flat-odf/sheet.fods"), "fods");
    assert_eq!(made.report.format.as_deref(), Some("flat-odf"));
    assert_eq!(made.plain, "Prices\n\nItem\tPrice\npär\t1.5\n\n");
    assert_eq!(made.report.facts.pages, Some(1));
}

#[test]
fn other_xml_is_xml() {
    let made = extract(b"<?xml version='1.0'?><Workbook>mine</Workbook>", "xml");
    assert_eq!(made.report.format.as_deref(), Some("xml"));
}
