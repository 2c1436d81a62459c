//! The picture that a document carries of itself: a book's cover, the preview that office programs keep beside the text.

use crate::containers::zip::Archive;
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::image::make_presets;
use crate::{Error, Head, Output, ReadContext, Source, identify};
use model::Reason;
use std::io::{Cursor, Read};

/// A cover larger than that is none: it is held whole.
const MAX_BYTES: u64 = 16 << 20;

/// True when the content, which is of that format, carries a picture of itself that may be read. What is broken carries none.
pub fn has_cover(format: &Format, input: &mut dyn Source, context: &ReadContext<'_>) -> bool {
    let Some(as_archive) = &format.archive else { return false };
    let Ok(mut archive) = Archive::open(input, context.limits) else { return false };
    find(as_archive, &mut archive, context).is_ok_and(|part| part.is_some())
}

/// Makes `context.presets` of that picture.
pub fn cover_images(
    format: &Format,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let mut picture = Cursor::new(read_cover(format, input, context)?.ok_or_else(no_picture)?);
    // The extension is the document's.
    context.extension = None;
    let head = Head::read(&mut picture, context)?;
    let Reader::Image(codec) = &identify(&head, context)?.reader else { return Err(no_picture()) };
    picture.set_position(0);
    make_presets(codec, &mut picture, context, output)
}

fn no_picture() -> Error {
    Error::rejected(Reason::Unsupported, "Only pictures, PDFs and documents with a cover can be made into images.")
}

fn read_cover(format: &Format, input: &mut dyn Source, context: &ReadContext<'_>) -> Result<Option<Vec<u8>>, Error> {
    let Some(as_archive) = &format.archive else { return Ok(None) };
    let mut archive = Archive::open(input, context.limits)?;
    let Some(name) = find(as_archive, &mut archive, context)? else { return Ok(None) };
    let Some(part) = archive.part(&name)? else { return Ok(None) };
    let mut bytes = vec![];
    part.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MAX_BYTES).then_some(bytes))
}

/// The name of the part that holds it.
fn find(format: &ArchiveFormat, archive: &mut Archive<'_>, context: &ReadContext<'_>) -> Result<Option<String>, Error> {
    let found = (format.find_cover)(archive, context)?;
    // Old programs keep drawings of Windows, and old books name a page.
    let extension = |name: &str| name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let is_picture = |name: &String| {
        extension(name).is_some_and(|extension| matches!(extension.as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp"))
    };
    Ok(found.filter(is_picture).filter(|name| archive.names().contains(name)))
}
