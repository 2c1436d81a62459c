//! XML: passed through, as code in Markdown. Files that declare entities are refused: what they say is not what
//! they would be read as.

use crate::formats::office_xml::is_office_xml;
use crate::formats::{Format, Reader};
use crate::text::{Decoder, read_code};
use crate::{Error, ReadContext, Source, TextSink};
use model::Reason;
use std::io::{Read, SeekFrom};

pub const FORMAT: Format = Format {
    name: "xml",
    mime: "application/xml",
    extensions: &["xml", "rss", "atom", "xsd", "xsl", "xslt", "kml", "gpx"],
    is_text: true,
    archive: None,
    detect: |head| {
        head.text.is_some() && (head.is_named(FORMAT.extensions) || head.starts_with(b"<?xml")) && !is_office_xml(head)
    },
    reader: Reader::Document(read),
};

/// Where a document type may stand: before the first element. Longer prologues are not looked at further.
const PROLOGUE_BYTES: u64 = 64 << 10;

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut start = vec![];
    Decoder::open(&mut *input)?.take(PROLOGUE_BYTES).read_to_end(&mut start)?;
    if String::from_utf8_lossy(&start).to_ascii_uppercase().contains("<!ENTITY") {
        let detail = "The file declares XML entities, which are not read.";
        return Err(Error::rejected(Reason::XmlEntities, detail));
    }
    input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    read_code(input, context, sink, "xml")
}
