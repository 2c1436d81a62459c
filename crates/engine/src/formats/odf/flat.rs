//! OpenDocument as one file of XML: everything that else is in parts, one after another.

use super::body::{Pages, read_body};
use super::lists::Lists;
use super::styles::Styles;
use crate::formats::office_xml::{is_open, outermost};
use crate::formats::{Format, Reader};
use crate::markup::xml::{Node, Xml};
use crate::{Error, ReadContext, Source, TextSink};
use std::io::SeekFrom;

/// OpenDocument of any kind in one file.
pub const FLAT: Format = Format {
    name: "flat-odf",
    mime: "application/xml",
    extensions: &["fodt", "fods", "fodp"],
    is_text: true,
    archive: None,
    detect: |head| outermost(head).is_some_and(|element| is_open(&element)),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut xml = Xml::new(&mut *input, context.limits)?;
    // The outermost element says what it is.
    let mut kind = None;
    while kind.is_none() {
        let node = xml.next(|node| match node {
            Node::Start(tag) => Some(tag.attribute("mimetype").unwrap_or_default()),
            _ => None,
        })?;
        kind = node.ok_or_else(|| Error::malformed("The document has no text part."))?;
    }
    drop(xml);
    let pages = match kind.unwrap_or_default() {
        kind if kind.contains("spreadsheet") => Pages::Sheets,
        kind if kind.contains("presentation") => Pages::Slides,
        _ => Pages::None,
    };
    input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    let count = read_body(Xml::new(input, context.limits)?, pages, Styles::default(), Lists::default(), sink)?;
    if pages != Pages::None {
        context.facts.pages = Some(count);
    }
    Ok(())
}
