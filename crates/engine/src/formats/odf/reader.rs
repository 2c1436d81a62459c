//! OpenDocument texts, spreadsheets and presentations: their parts in their order.

use super::body::{Pages, read_body};
use super::headers_footers::{HeadersFooters, read_headers_footers};
use crate::containers::properties::Properties;
use crate::containers::zip::Archive;
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::markup::xml::Xml;
use crate::{Error, ReadContext, Source, TextSink};
use model::Reason;

/// OpenDocument presentations: every slide a page.
pub const ODP: Format = Format {
    name: "odp",
    mime: "application/vnd.oasis.opendocument.presentation",
    extensions: &["odp", "otp"],
    is_text: false,
    archive: Some(ArchiveFormat {
        marker: Some(b"mimetypeapplication/vnd.oasis.opendocument.presentation"),
        find_cover: find_thumbnail,
    }),
    detect: |head| head.has_type("opendocument.presentation"),
    reader: Reader::Document(|input, context, sink| read_odf(input, context, sink, Pages::Slides)),
};

/// OpenDocument spreadsheets: every sheet a page.
pub const ODS: Format = Format {
    name: "ods",
    mime: "application/vnd.oasis.opendocument.spreadsheet",
    extensions: &["ods", "ots"],
    is_text: false,
    archive: Some(ArchiveFormat {
        marker: Some(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
        find_cover: find_thumbnail,
    }),
    detect: |head| head.has_type("opendocument.spreadsheet"),
    reader: Reader::Document(|input, context, sink| read_odf(input, context, sink, Pages::Sheets)),
};

/// OpenDocument texts.
pub const ODT: Format = Format {
    name: "odt",
    mime: "application/vnd.oasis.opendocument.text",
    extensions: &["odt", "ott"],
    is_text: false,
    archive: Some(ArchiveFormat {
        marker: Some(b"mimetypeapplication/vnd.oasis.opendocument.text"),
        find_cover: find_thumbnail,
    }),
    detect: |head| head.has_type("opendocument.text"),
    reader: Reader::Document(|input, context, sink| read_odf(input, context, sink, Pages::None)),
};

/// Where OpenDocument keeps a preview of the whole (1.3, part 2, section 3.7).
const THUMBNAIL: &str = "Thumbnails/thumbnail.png";

fn find_thumbnail(_: &mut Archive<'_>, _: &ReadContext<'_>) -> Result<Option<String>, Error> {
    Ok(Some(THUMBNAIL.to_owned()))
}

/// Reads `content.xml`, and the document's title and author.
fn read_odf(
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
    pages: Pages,
) -> Result<(), Error> {
    let mut archive = Archive::open(input, context.limits)?;
    let manifest = archive.small_part("META-INF/manifest.xml")?.unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(Error::rejected(Reason::Encrypted, "The document is protected with a password."));
    }
    if let Some(meta) = archive.part("meta.xml")? {
        Properties::read(Xml::new(meta, context.limits)?, place_of)?.note(&mut context.facts);
    }
    let shared = match archive.part("styles.xml")? {
        Some(styles) if pages != Pages::Sheets => read_headers_footers(Xml::new(styles, context.limits)?)?,
        _ => HeadersFooters::default(),
    };
    for header in &shared.headers {
        sink.paragraph(header);
    }
    let content = archive.part("content.xml")?.ok_or_else(|| Error::malformed("The document has no text part."))?;
    let count = read_body(Xml::new(content, context.limits)?, pages, shared.styles, shared.lists, sink)?;
    if pages != Pages::None {
        context.facts.pages = Some(count);
    }
    for footer in &shared.footers {
        sink.paragraph(footer);
    }
    Ok(())
}

/// Where the text of an element of `meta.xml` belongs.
fn place_of<'p>(properties: &'p mut Properties, element: &str) -> Option<&'p mut String> {
    match element {
        "title" => Some(&mut properties.title),
        "initial-creator" => Some(&mut properties.author),
        "creator" if properties.author.is_empty() => Some(&mut properties.author),
        "creation-date" => Some(&mut properties.created),
        "date" => Some(&mut properties.modified),
        _ => None,
    }
}
