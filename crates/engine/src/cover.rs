//! The picture that a document carries of itself: a book's cover, the preview that office programs keep beside the text.

use crate::containers::opc::related;
use crate::containers::zip::Package;
use crate::formats::cover_of_book;
use crate::identify::is_zip;
use crate::{Error, Head, Job, Output, Reader, Source, identify};
use model::Reason;
use std::io::{Cursor, Read, SeekFrom};

/// A cover larger than that is none: it is held whole.
const MOST_BYTES: u64 = 16 << 20;

/// Where OpenDocument keeps it (1.3, part 2, section 3.7).
const OPEN_DOCUMENT: &str = "Thumbnails/thumbnail.png";

/// True when the content carries a picture of itself that may be read. What is broken carries none.
pub fn has_cover(input: &mut dyn Source, job: &Job<'_>) -> bool {
    let Ok(Some(mut package)) = open(input, job) else { return false };
    find(&mut package, job).is_ok_and(|part| part.is_some())
}

/// Makes `job.presets` of that picture.
pub fn cover_images(input: &mut dyn Source, job: &mut Job<'_>, output: &mut Output<'_>) -> Result<(), Error> {
    let mut picture = Cursor::new(read_cover(input, job)?.ok_or_else(no_picture)?);
    // The extension is the document's.
    job.extension = None;
    let head = Head::read(&mut picture, job)?;
    let Reader::Image(make) = identify(&head, job)?.reader else { return Err(no_picture()) };
    picture.set_position(0);
    make(&mut picture, job, output)
}

fn no_picture() -> Error {
    Error::rejected(Reason::Unsupported, "Only pictures, PDFs and documents with a cover can be made into images.")
}

/// The content as a package, if it is one.
fn open<'i>(input: &'i mut dyn Source, job: &Job<'_>) -> Result<Option<Package<'i>>, Error> {
    let mut start = [0; 4];
    input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    match input.read_exact(&mut start) {
        Ok(()) if is_zip(&start) => Package::open(input, job.limits).map(Some),
        _ => Ok(None),
    }
}

fn read_cover(input: &mut dyn Source, job: &Job<'_>) -> Result<Option<Vec<u8>>, Error> {
    let Some(mut package) = open(input, job)? else { return Ok(None) };
    let Some(name) = find(&mut package, job)? else { return Ok(None) };
    let Some(part) = package.part(&name)? else { return Ok(None) };
    let mut bytes = vec![];
    part.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MOST_BYTES).then_some(bytes))
}

/// The name of the part that holds it.
fn find(package: &mut Package<'_>, job: &Job<'_>) -> Result<Option<String>, Error> {
    let names = package.names();
    let has = |name: &str| names.iter().any(|other| other == name);
    let found = if has(OPEN_DOCUMENT) {
        Some(OPEN_DOCUMENT.to_owned())
    } else if has("META-INF/container.xml") {
        cover_of_book(package, job)?
    } else {
        // Open Packaging Conventions (ECMA-376, part 2, section 12).
        let others = related(package, "", job)?;
        others.into_iter().find(|other| other.kind.ends_with("/metadata/thumbnail")).map(|other| other.target)
    };
    // Old programs keep drawings of Windows, and old books name a page.
    let extension = |name: &str| name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let is_picture = |name: &String| {
        extension(name).is_some_and(|extension| matches!(extension.as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp"))
    };
    Ok(found.filter(is_picture).filter(|name| has(name)))
}
