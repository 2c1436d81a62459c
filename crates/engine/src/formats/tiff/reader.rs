//! TIFF: every page a picture. Whatever libtiff reads, but JBIG, LERC and logarithmic light of 24 bits.

use super::bands::Bands;
use super::directory::{self, Directory};
use super::page::Page;
use super::refusals::damaged;
use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Orientation, Pages, Picture, Size};
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

const CODEC: Codec = Codec { header, decode, frames: None, pages: Some(PAGES) };

const PAGES: Pages = Pages { count, header: header_of_page, decode: decode_page };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    header_of_page(bytes, 1)
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, _: &mut ReadContext<'_>) -> Result<Picture, Error> {
    decode_page(bytes, 1)
}

fn count(bytes: &[u8]) -> u32 {
    directory::pages(bytes).map_or(0, |pages| u32::try_from(pages.len()).unwrap_or(u32::MAX))
}

fn header_of_page(bytes: &[u8], number: u32) -> Result<Header, Error> {
    header_of(&directory_of(bytes, number)?)
}

fn decode_page(bytes: Vec<u8>, number: u32) -> Result<Picture, Error> {
    let mut page = Page::of(&directory_of(&bytes, number)?)?;
    page.find_range(&bytes)?;
    let profile = page.profile();
    Ok(Picture::in_rows(Bands::new(bytes, page), profile))
}

fn directory_of(bytes: &[u8], number: u32) -> Result<Directory<'_>, Error> {
    let index = (number as usize).checked_sub(1);
    let directory = index.and_then(|index| directory::pages(bytes).ok()?.into_iter().nth(index));
    directory.ok_or_else(damaged)
}

fn header_of(directory: &Directory<'_>) -> Result<Header, Error> {
    let page = Page::of(directory)?;
    let Size { width, height } = page.grid.size;
    let orientation = directory.unsigned(274).and_then(|orientation| u32::try_from(orientation).ok()).unwrap_or(1);
    let orientation = Orientation::from_exif(orientation);
    Ok(Header { alpha: page.has_alpha(), orientation, ..Header::plain(width, height) })
}
