//! A searchable PDF: the original, or a PDF of the picture, with what was recognised on its pages as text that nobody sees.
//!
//! Written with lopdf, which holds all objects of a document where the reader of text takes them one by one. That costs memory,
//! and leaves everything that is no page as it was.

mod document;
mod font;
mod glyphless;
mod layer;
mod layers;
mod picture;

use crate::formats::{Format, Reader};
use crate::{Error, Output, ReadContext};
use layers::Layers;
use lopdf::Document;
use model::{EXPORT_PDF, PDF_MIME, PageRanges, Reason};
use std::io::{self, BufRead, BufWriter, Write};

/// Writes [`EXPORT_PDF`] of a content of that format. `layers` has a line of JSON (`PageWords`) for each recognised page, in order;
/// only the pages in `chosen` are written, where they are chosen.
pub fn write_pdf(
    (format, bytes): (&Format, Vec<u8>),
    layers: &mut dyn BufRead,
    chosen: Option<&PageRanges>,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let layers = Layers::new(layers);
    let mut document = match &format.reader {
        Reader::Pages { .. } if format.name == "pdf" => document::searchable(bytes, layers, chosen, context)?,
        Reader::Image(codec) => picture::searchable(bytes, (format, codec), layers, chosen, context)?,
        _ => return Err(Error::rejected(Reason::Unsupported, "Only PDFs and pictures are exported as PDF.")),
    };
    save(&mut document, output)?;
    output.end(EXPORT_PDF, PDF_MIME, None);
    Ok(())
}

fn save(document: &mut Document, output: &mut Output<'_>) -> Result<(), Error> {
    let mut target = BufWriter::new(Artifact(output));
    let saved = document.save_to(&mut target).and_then(|()| target.flush());
    saved.map_err(|error| match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::Io(error),
    })
}

/// The open artifact, as something to write to.
struct Artifact<'o, 'a>(&'o mut Output<'a>);

impl Write for Artifact<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
