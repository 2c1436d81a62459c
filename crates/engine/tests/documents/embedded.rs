//! Files inside of Word documents and presentations before 2007: they are named, not opened.

use crate::legacy::{numbers, presentation_with, record, wide};
use crate::support::{Made, compound, extract, extract_within};
use model::Limits;
use std::io::Write;

/// Where `compound` has its directory.
const DIRECTORY: usize = 512;

/// A file as Windows packs it: its names before it, and after it again in letters of every language.
fn packed(label: &str, path: &str, file: &[u8], wide_names: &[&str]) -> Vec<u8> {
    let ended = |text: &str| [text.as_bytes(), &[0]].concat();
    let mut bytes = [&[2, 0][..], &ended(label), &ended(path), &[0, 0, 3, 0]].concat();
    let copied_from = ended("C:\\Temp\\copied");
    bytes.extend([&numbers(&[copied_from.len() as u32])[..], &copied_from].concat());
    bytes.extend([&numbers(&[file.len() as u32])[..], file].concat());
    for name in wide_names {
        bytes.extend([numbers(&[name.encode_utf16().count() as u32]), wide(name)].concat());
    }
    [numbers(&[bytes.len() as u32]), bytes].concat()
}

/// What an object says of itself.
fn component(kind: &str, program: &str) -> Vec<u8> {
    let string = |text: &str| [&numbers(&[text.len() as u32 + 1])[..], text.as_bytes(), &[0]].concat();
    [vec![0; 28], string(kind), numbers(&[u32::MAX, 3]), string(program)].concat()
}

/// A document of Word 6 with these streams of objects.
fn document(text: &str, objects: Vec<(&'static str, Vec<u8>)>) -> Vec<u8> {
    let mut block = [0xa5ecu16, 0x65].map(u16::to_le_bytes).concat();
    block.resize(0x200, 0);
    block[0x18..0x1c].copy_from_slice(&0x200u32.to_le_bytes());
    block[0x34..0x38].copy_from_slice(&(text.len() as u32).to_le_bytes());
    block.extend_from_slice(text.as_bytes());
    compound(&[vec![("WordDocument", block)], objects].concat())
}

fn names(made: &Made) -> Vec<&str> {
    made.report.facts.attachments.iter().map(|file| file.name.as_str()).collect()
}

fn rows(rows: &str) -> String {
    format!("## Attachments\n\n| Name | Type | Size |\n| --- | --- | --- |\n{rows}\n")
}

fn several() -> Vec<u8> {
    let sheet = component("Microsoft Excel Worksheet", "Excel.Sheet.12");
    let plan = packed("plan", "C:\\Papers\\pl?n.pdf", b"%PDF", &["C:\\Temp\\plön.pdf", "plan", "C:\\Papers\\plön.pdf"]);
    document(
        "Hello\r",
        vec![
            ("ObjectPool/_1/\u{1}Ole10Native", plan),
            ("ObjectPool/_1/\u{1}CompObj", component("OLE Package", "Package")),
            ("ObjectPool/_2/\u{1}CompObj", sheet),
            ("ObjectPool/_2/Package", vec![7; 1234]),
            ("ObjectPool/_3/\u{1}CompObj", component("Kalkulation", "Other.Sheet.1")),
        ],
    )
}

#[test]
fn word_documents_name_the_files_inside_of_them() {
    let made = extract(&several(), "doc");
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let listed = format!(
        "| plön.pdf | application/pdf | 4 B |\n| Microsoft Excel Worksheet | {sheet} | 1.2 kB |\n| Kalkulation |  |  |\n"
    );
    assert_eq!(made.markdown, format!("Hello\n\n{}", rows(&listed)));
    assert_eq!(names(&made), ["plön.pdf", "Microsoft Excel Worksheet", "Kalkulation"]);
}

#[test]
fn a_document_of_files_alone_has_their_names_as_text() {
    let note = packed("Long note.txt", "C:\\LONGNO~1.TXT", b"hello", &[]);
    let made = extract(&document("\r", vec![("ObjectPool/_1/\u{1}Ole10Native", note)]), "doc");
    assert_eq!(made.plain, "Attachments\n\nName\tType\tSize\nLong note.txt\ttext/plain\t5 B\n\n");
    let linked = packed("a.txt", "C:\\a.txt", b"", &[]);
    let marked = linked.windows(4).position(|bytes| bytes == [0, 0, 3, 0]).unwrap();
    let linked = [&linked[..marked + 2], &[1], &linked[marked + 3..]].concat();
    for other in [linked, b"\x08\0\0\0BM picture".to_vec()] {
        let made = extract(&document("\r", vec![("ObjectPool/_1/\u{1}Ole10Native", other)]), "doc");
        assert!(names(&made).is_empty(), "neither a link nor a picture is a file inside");
    }
}

#[test]
fn equations_and_controls_are_part_of_the_page_unless_they_are_icons() {
    let listed = |program: &str, note: u16| {
        let objects = vec![
            ("ObjectPool/_1/\u{1}CompObj", component("Something", program)),
            ("ObjectPool/_1/\u{3}ObjInfo", [note, 3, 1].map(u16::to_le_bytes).concat()),
        ];
        names(&extract(&document("Hello\r", objects), "doc")).len()
    };
    assert_eq!(listed("Equation.3", 0), 0);
    assert_eq!(listed("Equation.3", 0x40), 1, "an icon");
    assert_eq!(listed("Word.Document.8", 0), 1);
    assert_eq!(listed("Word.Document.8", 0x10), 0, "a link");
    assert_eq!(listed("Forms.CommandButton.1", 0x1000), 0, "a control");
}

#[test]
fn an_object_that_says_nothing_is_known_by_its_class() {
    let mut file = document("\r", vec![("ObjectPool/_7/Contents", vec![b'x'; 99])]);
    let entry = |file: &[u8], name: &str| {
        let name = wide(&format!("{name}\0"));
        DIRECTORY + file[DIRECTORY..].chunks(128).position(|entry| entry.starts_with(&name)).unwrap() * 128
    };
    assert!(names(&extract(&file, "doc")).is_empty());
    let class = [0x80, 0xdc, 0xfd, 0x73, 0xa9, 0xae, 0x1a, 0x10, 0x98, 0xa7, 0, 0xaa, 0, 0x37, 0x49, 0x59];
    let at = entry(&file, "_7") + 80;
    file[at..at + 16].copy_from_slice(&class);
    assert_eq!(extract(&file, "doc").markdown, rows("| WordPad Document | application/rtf | 99 B |\n"));
}

#[test]
fn objects_that_share_their_streams_are_not_counted_for_ever() {
    let stream = |name| (name, vec![0; 3000]);
    let first = ["ObjectPool/_1/a", "ObjectPool/_1/b", "ObjectPool/_1/c", "ObjectPool/_1/d", "ObjectPool/_1/e"];
    let mut objects = first.map(stream).to_vec();
    objects.push(("ObjectPool/_1/\u{1}CompObj", component("Kalkulation", "Other.Sheet.1")));
    objects.extend(["ObjectPool/_2/a", "ObjectPool/_3/a"].map(stream));
    let mut file = document("\r", objects);
    // Root, pool and the objects are the first entries, and the streams of the first belong to all.
    let child = |entry: usize| DIRECTORY + entry * 128 + 76;
    let first = file[child(2)..child(2) + 4].to_vec();
    for other in [3, 4] {
        file[child(other)..child(other) + 4].copy_from_slice(&first);
    }
    assert_eq!(names(&extract(&file, "doc")).len(), 3);
    let limits = Limits { compound_entries: 16, ..Limits::default() };
    assert_eq!(names(&extract_within(&file, "doc", limits)).len(), 2, "the third has more than there can be");
    let limits = Limits { whole_file_bytes: file.len() as u64, ..Limits::default() };
    assert_eq!(names(&extract_within(&file, "doc", limits)).len(), 1, "two have more than there is");
}

/// An object as a presentation lists it: shown in a way, kept under a number, with its names.
fn listed(kind: u16, aspect: u32, kept: u32, [menu, program]: [&str; 2]) -> Vec<u8> {
    let string = |instance: u16, text: &str| record(instance << 4, 0xfba, &wide(text));
    let about = record(1, 0xfc3, &numbers(&[aspect, 0, 1, 0, kept, 0]));
    record(0xf, kind, &[about, string(1, menu), string(2, program)].concat())
}

/// A compressed object, whose stream has no end, as PowerPoint leaves it.
fn kept(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::fast());
    packer.write_all(bytes).expect("memory");
    packer.flush().expect("memory");
    record(1 << 4, 0x1011, &[&numbers(&[bytes.len() as u32])[..], packer.get_ref()].concat())
}

fn slides(file: &[u8]) -> Vec<u8> {
    let object = compound(&[("\u{1}Ole10Native", packed("data.csv", "C:\\data.csv", file, &[]))]);
    let objects = [
        listed(0xfcc, 4, 3, ["Package", "Package"]),
        listed(0xfcc, 1, 9, ["Acrobat Document", "AcroExch.Document.11"]),
        listed(0xfcc, 1, 9, ["Equation", "Equation.3"]),
        listed(0xfce, 1, 9, ["Linked", "Word.Document.8"]),
    ];
    presentation_with(0xe391_c05f, &record(0xf, 0x409, &objects.concat()), &[kept(&object)])
}

#[test]
fn presentations_name_the_files_on_their_slides() {
    let made = extract(&slides(b"a,b\n"), "ppt");
    let listed = rows("| data.csv | text/csv | 4 B |\n| Acrobat Document | application/pdf |  |\n");
    assert_eq!(made.markdown, format!("<!-- page: 1 -->\n\n## Tïtle\n\n- one\n- two\n\n{listed}"));
    assert_eq!(names(&made), ["data.csv", "Acrobat Document"]);
}

#[test]
fn an_object_that_unpacks_to_too_much_has_the_name_of_its_kind() {
    let (file, limits) = (slides(&[b'x'; 40_000]), Limits { archive_part_bytes: 4096, ..Limits::default() });
    assert_eq!(names(&extract(&file, "ppt")), ["data.csv", "Acrobat Document"]);
    assert_eq!(names(&extract_within(&file, "ppt", limits)), ["Package", "Acrobat Document"]);
}

#[test]
fn cut_and_flipped_objects_never_panic() {
    for (whole, extension) in [(several(), "doc"), (slides(b"a,b\n"), "ppt")] {
        for at in (0..whole.len()).step_by(17) {
            assert_ne!(extract(&whole[..at], extension).report.outcome.code(), "internal", "cut at {at}");
            let mut flipped = whole.clone();
            flipped[at] ^= 0xff;
            assert_ne!(extract(&flipped, extension).report.outcome.code(), "internal", "flipped at {at}");
        }
    }
}
