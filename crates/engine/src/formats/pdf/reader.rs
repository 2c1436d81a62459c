//! PDF: the text of its pages, in reading order, pictures of pages that have none, and images of the first.

use super::{
    Outline, PageReader, Writer, draw_in_color, draw_page, embedded_files, is_encrypted, page_header, read_info,
};
use crate::image;
use crate::image::GrayPage;
use crate::text::MOST_ATTACHMENTS;
use crate::{Error, Format, Job, Output, Reader, Source, TextSink};
use hayro_interpret::hayro_syntax::object::Dict;
use hayro_interpret::hayro_syntax::page::Page;
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
    reader: Reader::Pages { text: read, draw, images },
};

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let pdf = open(input, job)?;
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

    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    read_info(&pdf, catalog.as_ref(), &mut job.facts);
    job.facts.encrypted = is_encrypted(&pages[0]).then_some(true);
    job.facts.attachments = catalog.as_ref().map(embedded_files).unwrap_or_default();
    job.facts.attachments.truncate(MOST_ATTACHMENTS);
    let outline = catalog.map(|catalog| Outline::read(&catalog, pages)).unwrap_or_default();

    let mut reader = PageReader::new();
    let mut writer = Writer::new(outline);
    let mut room = job.limits.pdf_bytes;
    for (at, page) in pages.iter().take(readable).enumerate() {
        let number = at as u32 + 1;
        job.progress("page", at as u32, readable as u32);
        if sink.is_full() {
            break;
        }
        let read = reader.read(page, room);
        room = room.saturating_sub(read.bytes);
        if read.is_cut {
            job.missing("page-damaged", format!("Page {number} is damaged or too large and was not read whole."));
        }
        if read.needs_ocr {
            job.facts.pages_without_text.push(number);
        }
        let room_for_files = MOST_ATTACHMENTS.saturating_sub(job.facts.attachments.len());
        job.facts.attachments.extend(read.attachments.into_iter().take(room_for_files));
        writer.add(read.text, sink);
    }
    writer.finish(&job.facts.attachments, sink);
    Ok(())
}

/// Draws a page whose text is in its pictures.
fn draw(input: &mut dyn Source, job: &mut Job<'_>, number: u32, dpi: u32) -> Result<GrayPage, Error> {
    let pdf = open(input, job)?;
    draw_page(page(&pdf, number)?, dpi, job.limits)
}

/// Makes images of the first page.
fn images(input: &mut dyn Source, job: &mut Job<'_>, output: &mut Output<'_>) -> Result<(), Error> {
    let pdf = open(input, job)?;
    let page = page(&pdf, 1)?;
    let header = page_header(page, job.limits)?;
    image::make_drawn(&header, |needed, job| draw_in_color(page, needed, job.limits), job, output)
}

/// A page by its number, which is counted from 1.
fn page<'p>(pdf: &'p Pdf, number: u32) -> Result<&'p Page<'p>, Error> {
    let page = (number as usize).checked_sub(1).and_then(|at| pdf.pages().get(at));
    page.ok_or_else(|| Error::malformed(format!("The PDF has no page {number}.")))
}

fn open(input: &mut dyn Source, job: &Job<'_>) -> Result<Pdf, Error> {
    Pdf::new(read_whole(input, job.limits.whole_file_bytes)?).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Error::rejected(Reason::Encrypted, "The PDF is protected with a password."),
        LoadPdfError::Invalid => Error::malformed("The PDF is damaged and has no readable pages."),
    })
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
