//! Opening a PDF, and finding a page of it.

use crate::input::read_whole;
use crate::{Error, ReadContext, Source};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf, PdfData};
use model::Reason;

/// The document in `input`.
pub fn open(input: &mut dyn Source, context: &ReadContext<'_>) -> Result<Pdf, Error> {
    // A PDF is read from its end, so it is needed whole.
    let max_bytes = context.limits.whole_file_bytes;
    let bytes = read_whole(input, max_bytes, &format!("A PDF may have at most {} MB.", max_bytes >> 20))?;
    open_pdf(bytes)
}

/// The document in these bytes, if it opens without a password.
pub fn open_pdf(bytes: impl Into<PdfData>) -> Result<Pdf, Error> {
    Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(cause) => Error::rejected(Reason::Encrypted, "The PDF is protected with a password.")
            .because(format_args!("{cause:?}")),
        LoadPdfError::Invalid => Error::malformed("The PDF is damaged and has no readable pages."),
    })
}

/// A page by its number, which is counted from 1.
pub fn find_page<'p>(pdf: &'p Pdf, number: u32) -> Result<&'p Page<'p>, Error> {
    let page = (number as usize).checked_sub(1).and_then(|index| pdf.pages().get(index));
    page.ok_or_else(|| Error::rejected(Reason::NoSuchPage, format!("The PDF has no page {number}.")))
}
