//! PDF: the text of its pages, in reading order, pictures of pages that have none, and images of the first.

use super::{
    Outline, PageReader, Writer, draw_in_color, draw_page, embedded_files, find_page, is_encrypted, open, page_header,
    read_info, show,
};
use crate::formats::{Format, Reader};
use crate::image;
use crate::image::GrayPage;
use crate::text::MAX_ATTACHMENTS;
use crate::{Error, Output, ReadContext, Source, TextSink};
use hayro_interpret::hayro_syntax::object::Dict;

pub const FORMAT: Format = Format {
    name: "pdf",
    mime: "application/pdf",
    extensions: &["pdf"],
    is_text: false,
    archive: None,
    detect: |head| {
        // The header may stand anywhere in the first KiB; a file cut off inside of it is still called one.
        let start = &head.bytes[..head.bytes.len().min(1024 + 5)];
        // Readers find the objects of one whose header is damaged, so its name counts where they begin.
        let begins = || b"%PDF-".starts_with(&head.bytes[..]) || start.windows(6).any(|bytes| bytes == b" 0 obj");
        start.windows(5).any(|bytes| bytes == b"%PDF-") || (head.is_named(&["pdf"]) && begins())
    },
    reader: Reader::Pages { text: read, draw, images, show },
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let pdf = open(input, context)?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(Error::malformed("The PDF has no pages."));
    }
    context.facts.pages = Some(u32::try_from(pages.len()).unwrap_or(u32::MAX));
    let readable = pages.len().min(context.limits.pdf_pages as usize);
    if readable < pages.len() {
        let message = format!("Only the first {readable} of {} pages were read.", pages.len());
        context.missing("pages-cut", message);
    }

    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    read_info(&pdf, catalog.as_ref(), &mut context.facts);
    context.facts.encrypted = is_encrypted(&pages[0]).then_some(true);
    context.facts.attachments = catalog.as_ref().map(embedded_files).unwrap_or_default();
    context.facts.attachments.truncate(MAX_ATTACHMENTS);
    let outline = catalog.map(|catalog| Outline::read(&catalog, pages)).unwrap_or_default();

    let mut reader = PageReader::new();
    let mut writer = Writer::new(outline);
    let mut room = context.limits.pdf_bytes;
    for (index, page) in pages.iter().take(readable).enumerate() {
        let number = index as u32 + 1;
        context.progress("page", index as u32, readable as u32);
        if sink.is_full() {
            break;
        }
        let read = reader.read(page, room);
        room = room.saturating_sub(read.bytes);
        if read.is_cut {
            context.missing("page-damaged", format!("Page {number} is damaged or too large and was not read whole."));
        }
        if read.needs_ocr {
            context.facts.pages_without_text.push(number);
        }
        let room_for_files = MAX_ATTACHMENTS.saturating_sub(context.facts.attachments.len());
        context.facts.attachments.extend(read.attachments.into_iter().take(room_for_files));
        writer.add(read.text, sink);
    }
    writer.finish(&context.facts.attachments, sink);
    Ok(())
}

/// Draws a page whose text is in its pictures.
fn draw(input: &mut dyn Source, context: &mut ReadContext<'_>, number: u32, dpi: u32) -> Result<GrayPage, Error> {
    let pdf = open(input, context)?;
    let page = find_page(&pdf, number)?;
    let drawn = draw_page(page, dpi, context.limits)?;
    context.page = Some(drawn.view(page.render_dimensions()));
    Ok(drawn)
}

/// Makes images of the first page.
fn images(input: &mut dyn Source, context: &mut ReadContext<'_>, output: &mut Output<'_>) -> Result<(), Error> {
    let pdf = open(input, context)?;
    let page = find_page(&pdf, 1)?;
    let header = page_header(page, context.limits)?;
    image::make_drawn(&header, |needed, context| draw_in_color(page, needed, context.limits), context, output)
}
