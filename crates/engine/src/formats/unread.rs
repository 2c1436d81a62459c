//! Documents of formats that nothing here reads, by their marks, so that people are told what they have and what to do with it.

use crate::{Error, Head};
use model::Reason;

/// Why a content that no format claims is not read, if it is known what it is.
pub fn known_unread(head: &Head<'_>) -> Option<Error> {
    let by_bytes = || MAGICS.iter().find(|(magic, ..)| head.starts_with(magic)).map(|(_, name, to)| (name, to));
    let by_stream = || STREAMS.iter().find(|(stream, ..)| head.has_stream(stream)).map(|(_, name, to)| (name, to));
    let by_part = || PARTS.iter().find(|(part, ..)| head.has_part(part)).map(|(_, name, to)| (name, to));
    let (name, to) = by_bytes().or_else(by_stream).or_else(by_part)?;
    let detail = format!("This is {name}, which is not read here: save it as {to} with a program that opens it.");
    Some(Error::rejected(Reason::Unsupported, detail))
}

/// How files begin.
const MAGICS: &[(&[u8], &str, &str)] = &[
    (b"\xffWPC", "a WordPerfect document", ".docx"),
    (b"\0\0\x02\0\x04\x04", "a Lotus 1-2-3 workbook", ".xlsx"),
    (b"\0\0\x02\0\x06\x04", "a Lotus 1-2-3 workbook", ".xlsx"),
    (b"\0\0\x1a\0\0\x10", "a Lotus 1-2-3 workbook", ".xlsx"),
    (b"\0\0\x1a\0\x02\x10", "a Lotus 1-2-3 workbook", ".xlsx"),
    (b"\0\0\x02\0\x20\x51", "a Quattro Pro workbook", ".xlsx"),
    (b"\0\0\x02\0\x21\x51", "a Quattro Pro workbook", ".xlsx"),
    (b"ID;P", "a SYLK file", ".xlsx"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "a OneNote section", ".docx"),
    (b"\0\x01\0\0Standard Jet DB", "an Access database", ".xlsx"),
    (b"\0\x01\0\0Standard ACE DB", "an Access database", ".xlsx"),
];

/// Streams and storages at the top of compound files.
const STREAMS: &[(&str, &str, &str)] = &[
    ("PP40", "a PowerPoint 4 presentation", ".pptx"),
    ("MatOST", "a Microsoft Works document", ".docx"),
    ("MM", "a Microsoft Works document", ".docx"),
    ("NativeContent_MAIN", "a Quattro Pro workbook", ".xlsx"),
    ("StarWriterDocument", "a StarWriter document", ".odt"),
    ("StarCalcDocument", "a StarCalc workbook", ".ods"),
    ("StarDrawDocument3", "a StarImpress presentation", ".odp"),
    ("VisioDocument", "a Visio drawing", ".pdf"),
    ("Quill", "a Publisher document", ".pdf"),
];

/// Parts of archives.
const PARTS: &[(&str, &str, &str)] = &[
    ("Index/Document.iwa", "a document of Pages, Numbers or Keynote", ".docx, .xlsx, .pptx or .pdf"),
    ("Index.zip", "a document of Pages, Numbers or Keynote", ".docx, .xlsx, .pptx or .pdf"),
    ("visio/document.xml", "a Visio drawing", ".pdf"),
];
