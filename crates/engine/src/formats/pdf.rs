//! PDF: the text of its pages, in reading order.

use crate::pdf::{Sizes, annotation_texts, document_text, ordered_lines, read_page, segments, write_page};
use crate::text::one_line;
use crate::{Error, Format, Job, Reader, Source, TextSink};
use hayro_interpret::InterpreterCache;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use model::Reason;
use std::io::Read;

pub const FORMAT: Format = Format {
    name: "pdf",
    mime: "application/pdf",
    extensions: &["pdf"],
    detect: |head| {
        // The header may stand anywhere in the first KiB; a file cut off inside of it is still called one.
        let start = &head.bytes[..head.bytes.len().min(1024 + 5)];
        start.windows(5).any(|bytes| bytes == b"%PDF-")
            || (head.is_named(&["pdf"]) && b"%PDF-".starts_with(&head.bytes[..]))
    },
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let pdf = Pdf::new(read_whole(input, job.limits.whole_file_bytes)?).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Error::rejected(Reason::Encrypted, "The PDF is protected with a password."),
        LoadPdfError::Invalid => Error::malformed("The PDF is damaged and has no readable pages."),
    })?;
    job.facts.title =
        pdf.metadata().title.as_deref().and_then(|text| document_text(text).and_then(|text| one_line(&text)));
    job.facts.author =
        pdf.metadata().author.as_deref().and_then(|text| document_text(text).and_then(|text| one_line(&text)));
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(Error::malformed("The PDF has no pages."));
    }
    job.facts.pages = Some(u32::try_from(pages.len()).unwrap_or(u32::MAX));
    let readable = pages.len().min(job.limits.pdf_pages as usize);
    if readable < pages.len() {
        let message = format!("Only the first {readable} of {} pages were read.", pages.len());
        job.missing("pages-cut", message);
    }

    let cache = InterpreterCache::new();
    let mut sizes = Sizes::default();
    let mut room = job.limits.pdf_bytes;
    for (at, page) in pages.iter().take(readable).enumerate() {
        let number = at as u32 + 1;
        job.progress("page", at as u32, readable as u32);
        sink.begin_page();
        if sink.is_full() {
            break;
        }
        let read = read_page(page, &cache, room);
        room = room.saturating_sub(read.bytes);
        if read.is_cut {
            job.missing("page-damaged", format!("Page {number} is damaged or too large and was not read whole."));
        }
        let lines = ordered_lines(segments(&read.glyphs.glyphs));
        write_page(&lines, &mut sizes, sink);
        for text in annotation_texts(page) {
            sink.stream(&text);
            sink.stream("\n\n");
        }
        let (width, height) = page.render_dimensions();
        if read.glyphs.needs_ocr(f64::from(width) * f64::from(height)) {
            job.facts.pages_without_text.push(number);
        }
    }
    Ok(())
}

/// A PDF is read from its end, so it is needed whole.
fn read_whole(input: &mut dyn Source, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![];
    input.take(limit + 1).read_to_end(&mut bytes).map_err(Error::Io)?;
    if bytes.len() as u64 > limit {
        let megabytes = limit >> 20;
        return Err(Error::rejected(Reason::TooLarge, format!("A PDF may have at most {megabytes} MB.")));
    }
    Ok(bytes)
}
