//! Word documents of our Markdown: headings, paragraphs, lists, tables, links, code and pages.

use super::blocks::BlockWriter;
use super::package::Package;
use super::properties::Properties;
use super::tables::widen;
use crate::{Error, Output, ReadContext, Source};
use model::{DOCX_MIME, EXPORT_DOCX, Reason};
use pulldown_cmark::{Options, Parser};
use std::io::{ErrorKind, Read};

/// Writes [`EXPORT_DOCX`]. Blocks are written as they come: what is in memory besides is the text and the packed result.
pub fn write_docx(
    input: &mut dyn Source,
    properties: &Properties<'_>,
    context: &ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let mut markdown = String::new();
    let read = input.take(context.limits.text_bytes.saturating_add(1)).read_to_string(&mut markdown);
    let read = read.map_err(|error| match error.kind() {
        ErrorKind::InvalidData => Error::malformed("It is no text."),
        _ => Error::Io(error),
    })?;
    if read as u64 > context.limits.text_bytes {
        return Err(Error::rejected(Reason::TooLarge, "The text is too long for a Word document."));
    }
    let markdown = widen(&markdown);
    let mut body = BlockWriter::new(Package::new()?);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    for (number, event) in Parser::new_ext(&markdown, options).enumerate() {
        body.take(event)?;
        if number % 10_000 == 0 {
            context.progress("encode", 0, 0);
        }
    }
    output.put(EXPORT_DOCX, DOCX_MIME, &body.finish()?.finish(properties)?)
}
