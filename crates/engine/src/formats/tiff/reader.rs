//! TIFF: every page a picture. Whatever libtiff reads, but JBIG, LERC and logarithmic light of 24 bits.

use super::bands::Bands;
use super::directory::{self, Directory};
use super::page::Page;
use super::refusals::damaged;
use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Orientation, Picture, Size};
use crate::{Error, ReadContext};

pub const FORMAT: Format = Format {
    name: "tiff",
    mime: "image/tiff",
    extensions: &["tif", "tiff"],
    is_text: false,
    archive: None,
    detect: |head| [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|&magic| head.starts_with(magic)),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    header_of(&first(bytes)?)
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, _: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let mut page = Page::of(&first(&bytes)?)?;
    page.find_range(&bytes)?;
    let profile = page.profile();
    Ok(Picture::in_rows(Bands::new(bytes, page), profile))
}

fn first(bytes: &[u8]) -> Result<Directory<'_>, Error> {
    directory::pages(bytes)?.into_iter().next().ok_or_else(damaged)
}

fn header_of(directory: &Directory<'_>) -> Result<Header, Error> {
    let page = Page::of(directory)?;
    let Size { width, height } = page.grid.size;
    let orientation = directory.unsigned(274).and_then(|orientation| u32::try_from(orientation).ok()).unwrap_or(1);
    let orientation = Orientation::from_exif(orientation);
    Ok(Header { alpha: page.has_alpha(), orientation, ..Header::plain(width, height) })
}
