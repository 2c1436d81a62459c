//! Office documents that are one file of XML: workbooks and documents of Office 2003, and a newer document's package written out
//! ("flat OPC"). Their elements are those of the formats that came later, by other namespaces.

mod document;
mod workbook;

pub use document::FORMAT as DOCUMENT;
pub use workbook::FORMAT as WORKBOOK;

use crate::Head;

/// What names each kind, near the start: the namespace of its outermost element.
const WORKBOOK_SPACE: &str = "urn:schemas-microsoft-com:office:spreadsheet";
const DOCUMENT_SPACES: [&str; 2] =
    ["http://schemas.microsoft.com/office/word/2003/wordml", "http://schemas.microsoft.com/office/2006/xmlPackage"];
/// What names an OpenDocument file that is one file of XML.
const OPEN_SPACE: &str = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";

/// Bytes in which the outermost element is looked for.
const START_BYTES: usize = 8 << 10;

/// The outermost element of a text that is XML, with its attributes; nothing of other contents.
pub fn outermost(head: &Head<'_>) -> Option<String> {
    head.text?;
    let bytes = &head.bytes[..head.bytes.len().min(START_BYTES)];
    // Wide encodings are read by every second byte: names and namespaces are ASCII.
    let text: String = bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    let text = text.trim_start_matches(['\u{ef}', '\u{bb}', '\u{bf}', '\u{ff}', '\u{fe}']).trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let start = text.match_indices('<').map(|(at, _)| at).find(|at| {
        let next = text[at + 1..].chars().next();
        next.is_some_and(|next| next.is_ascii_alphabetic() || next == '_')
    })?;
    let element = &text[start..];
    Some(element[..element.find('>').unwrap_or(element.len())].to_owned())
}

/// True when a text is one of these documents, or an OpenDocument one: more than XML.
pub fn is_office_xml(head: &Head<'_>) -> bool {
    outermost(head).is_some_and(|element| is_workbook(&element) || is_document(&element) || is_open(&element))
}

fn is_workbook(element: &str) -> bool {
    element.contains("Workbook") && element.contains(WORKBOOK_SPACE)
}

fn is_document(element: &str) -> bool {
    (element.contains("wordDocument") || element.contains("package"))
        && DOCUMENT_SPACES.iter().any(|space| element.contains(space))
}

/// True for OpenDocument's outermost element.
pub fn is_open(element: &str) -> bool {
    element.contains(":document") && element.contains(OPEN_SPACE)
}
