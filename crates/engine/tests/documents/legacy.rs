//! Office before 2007 and binary spreadsheets: samples of a real program, and files made by hand.

use crate::support::{compound, extract, extract_within, sample, zip_bytes};
use model::{Limits, Reason};

pub fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn word_documents_have_headings_lists_tables_and_links() {
    let made = extract(&sample("doc/letter.doc"), "doc");
    assert_eq!(made.report.format.as_deref(), Some("doc"));
    assert_eq!(
        made.markdown,
        "# First heading\n\nA paragraph with [a link](https://example.org/a) and café.\n\n## Second heading\n\n\
         1. one\n2. two\n- dot\n\n| Name | City |\n| --- | --- |\n| Ann | Oslo |\n\nAfter the table.\n\n"
    );
    assert_eq!(made.report.facts.title.as_deref(), Some("Old letter"));
    assert_eq!(extract(&sample("doc/letter.doc"), "").report.format.as_deref(), Some("doc"));
}

#[test]
fn bold_and_italic_of_old_word_documents_are_marked() {
    let made = extract(&sample("doc/emphasis.doc"), "doc");
    assert_eq!(
        made.markdown,
        "# Head\n\na **bold** and *italic* and ***both***, **by style**.\n\n\
         | Key | Value |\n| --- | --- |\n| **one** | two |\n\nend\n\n"
    );
}

#[test]
fn spreadsheets_have_sheets_dates_and_shares() {
    let made = extract(&sample("xls/prices.xls"), "xls");
    assert_eq!(made.report.format.as_deref(), Some("xls"));
    assert!(
        made.plain.contains("Item\tPrice\tDay\tShare\npear\t1.5\t2024-01-02\t50%\nläng, er\t22\t2024-12-31\t5%\n"),
        "{}",
        made.plain
    );
    assert_eq!(made.report.facts.pages, Some(1));
}

/// A row of numbers may claim to begin in the last column there is; counting on from there overflowed.
#[test]
fn numbers_past_the_last_column_are_left_out() {
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let sheet_at = 25u32;
    let entry = [&sheet_at.to_le_bytes()[..], &[0, 0], &[1, 0, b'S']].concat();
    let globals = [record(0x809, &[0, 6, 5, 0]), record(0x85, &entry), record(0x0a, &[])].concat();
    assert_eq!(globals.len(), sheet_at as usize);
    let number = |value: u32| [&[0, 0][..], &(value << 2 | 2).to_le_bytes()].concat();
    let row = [vec![0, 0, 0xff, 0xff], number(42), number(43), vec![0, 0]].concat();
    let sheet = [record(0x809, &[0, 6, 0x10, 0]), record(0xbd, &row), record(0x0a, &[])].concat();
    let made = extract(&compound(&[("Workbook", [globals, sheet].concat())]), "xls");
    assert_eq!(made.report.outcome.code(), "ok", "{:?}", made.report.outcome);
    assert!(made.plain.trim_end().ends_with("42"), "{:?}", made.plain);
}

/// A record of a presentation.
pub fn record(head: u16, kind: u16, data: &[u8]) -> Vec<u8> {
    [&head.to_le_bytes()[..], &kind.to_le_bytes(), &(data.len() as u32).to_le_bytes(), data].concat()
}

pub fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn presentation(token: u32) -> Vec<u8> {
    presentation_with(token, &[], &[])
}

/// A presentation that lists objects, and where its third object and those after it are kept.
pub fn presentation_with(token: u32, objects: &[u8], kept: &[Vec<u8>]) -> Vec<u8> {
    let text = |kind: u32, text: &str| [record(0, 0xf9f, &numbers(&[kind])), record(0, 0xfa0, &wide(text))].concat();
    let outline = [record(0, 0x3f3, &numbers(&[2, 0, 1, 256, 0])), text(0, "Tïtle")].concat();
    let document = record(0xf, 0x3e8, &[objects, &record(0xf, 0xff0, &outline)].concat());
    let reference = record(0, 0xf9e, &numbers(&[0]));
    let slide = record(0xf, 0x3ee, &[record(2, 0x3ef, &numbers(&[0; 6])), text(1, "one\rtwo"), reference].concat());
    let (mut places, mut stream) = (vec![], vec![]);
    for object in [document, slide].iter().chain(kept) {
        places.push(stream.len() as u32);
        stream.extend_from_slice(object);
    }
    let table_at = stream.len() as u32;
    let table = record(0, 0x1772, &numbers(&[&[1 | (places.len() as u32) << 20], &places[..]].concat()));
    let edit_at = table_at + table.len() as u32;
    let edit = record(0, 0xff5, &numbers(&[0, 0, 0, table_at, 1, 2, 0]));
    let user = [vec![0; 12], numbers(&[token, edit_at])].concat();
    compound(&[("Current User", user), ("PowerPoint Document", [stream, table, edit].concat())])
}

#[test]
fn slides_have_titles_and_points() {
    let made = extract(&presentation(0xe391_c05f), "ppt");
    assert_eq!(made.report.format.as_deref(), Some("ppt"));
    assert_eq!(made.markdown, "<!-- page: 1 -->\n\n## Tïtle\n\n- one\n- two\n\n");
    assert_eq!(extract(&presentation(0xf3d1_c4df), "ppt").reason(), Some(Reason::Encrypted));
}

#[test]
fn binary_spreadsheets_are_read() {
    let record = |kind: u8, data: &[u8]| [&[kind, data.len() as u8], data].concat();
    let string = |text: &str| [numbers(&[text.encode_utf16().count() as u32]), wide(text)].concat();
    let workbook = [&[0x9c, 0x01, 30][..], &numbers(&[0, 1]), &string("r1"), &string("Prices")].concat();
    assert_eq!(workbook.len(), 3 + 8 + 8 + 16);
    let workbook = [&workbook[..2], &[32], &workbook[3..]].concat();
    let cell = |column: u32, value: &[u8]| [&numbers(&[column, 0]), value].concat();
    let sheet = [
        record(0, &[0; 12]),
        record(7, &cell(0, &numbers(&[0]))),
        record(6, &cell(2, &string("näh"))),
        record(0, &[0; 12]),
        record(5, &cell(0, &1.25f64.to_le_bytes())),
        record(2, &cell(1, &numbers(&[(42 << 2) | 2]))),
        record(4, &cell(2, &[1])),
    ];
    let relations = "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.bin'/>\
                     <Relationship Id='r2' Type='x/sharedStrings' Target='sharedStrings.bin'/></Relationships>";
    let file = zip_bytes(&[
        ("xl/workbook.bin", &workbook),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/sharedStrings.bin", &record(19, &[vec![0], string("shared")].concat())),
        ("xl/worksheets/sheet1.bin", &sheet.concat()),
    ]);
    let made = extract(&file, "xlsb");
    assert_eq!(made.report.format.as_deref(), Some("xlsb"));
    assert_eq!(made.plain, "Prices\n\nshared\t\tnäh\n1.25\t42\tTRUE\n\n");
}

#[test]
fn a_chain_that_goes_in_circles_ends() {
    let mut file = compound(&[("WordDocument", vec![0xa5; 2000])]);
    // The last sector is the table: everything follows everything.
    let table = file.len() - 512;
    for entry in 0..4u32 {
        file[table + entry as usize * 4..][..4].copy_from_slice(&((entry + 1) % 4).to_le_bytes());
    }
    assert_eq!(extract(&file, "doc").report.outcome.code(), "rejected");
}

#[test]
fn parts_past_the_limit_are_refused() {
    let limits = Limits { compound_entries: 3, ..Limits::default() };
    assert_eq!(extract_within(&sample("doc/letter.doc"), "doc", limits).reason(), Some(Reason::TooLarge));
    let limits = Limits { whole_file_bytes: 100, ..Limits::default() };
    assert_eq!(extract_within(&sample("xls/prices.xls"), "xls", limits).reason(), Some(Reason::TooLarge));
}

#[test]
fn cut_and_flipped_files_never_panic() {
    for (name, extension) in [("doc/letter.doc", "doc"), ("doc/emphasis.doc", "doc"), ("xls/prices.xls", "xls")] {
        let whole = sample(name);
        for end in (0..whole.len()).step_by(97) {
            assert_ne!(extract(&whole[..end], extension).report.outcome.code(), "internal", "{name} cut at {end}");
            let mut flipped = whole.clone();
            flipped[end] ^= 0xff;
            let made = extract(&flipped, extension);
            assert_ne!(made.report.outcome.code(), "internal", "{name} flipped at {end}");
        }
    }
    let whole = presentation(0);
    for end in (0..whole.len()).step_by(3) {
        assert_ne!(extract(&whole[..end], "ppt").report.outcome.code(), "internal", "cut at {end}");
    }
}

#[test]
fn other_encrypted_containers_are_named_as_such() {
    let locked = compound(&[("EncryptedPackage", vec![1; 600]), ("EncryptionInfo", vec![1; 600])]);
    assert_eq!(extract(&locked, "docx").reason(), Some(Reason::Encrypted));
}
