//! Windows icons and cursors: the largest picture in them.

use super::png;
use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Picture, Size, image_crate};
use crate::{Error, ReadContext};
use ::image::codecs::ico::IcoDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "ico",
    mime: "image/vnd.microsoft.icon",
    extensions: &["ico", "cur"],
    is_text: false,
    archive: None,
    // Fewer pictures than 256: workbooks of Lotus 1-2-3 begin like a cursor of more than a thousand.
    detect: |head| {
        (head.starts_with(b"\0\0\x01\0") || head.starts_with(b"\0\0\x02\0")) && head.bytes.get(5) == Some(&0)
    },
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    match largest_as_png(bytes) {
        Some(png) => (png::CODEC.header)(png),
        None => Ok(image_crate::header(&mut IcoDecoder::new(Cursor::new(bytes))?)),
    }
}

fn decode(bytes: Vec<u8>, header: &Header, needed: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    match largest_as_png(&bytes) {
        Some(png) => (png::CODEC.decode)(png.to_vec(), header, needed, context),
        None => image_crate::decode(IcoDecoder::new(Cursor::new(&*bytes))?),
    }
}

/// The largest picture, if it is a PNG. It may be of any kind, while the icon decoder takes one kind only.
fn largest_as_png(bytes: &[u8]) -> Option<&[u8]> {
    const ENTRY_BYTES: usize = 16;
    let count = usize::from(u16::from_le_bytes([*bytes.get(4)?, *bytes.get(5)?]));
    let entries = bytes.get(6..)?.chunks_exact(ENTRY_BYTES).take(count);
    // Width, height and depth, in which 0 stands for 256.
    let rank = |entry: &&[u8]| {
        let side = |offset: usize| if entry[offset] == 0 { 256 } else { u32::from(entry[offset]) };
        (side(0) * side(1), u16::from_le_bytes([entry[6], entry[7]]))
    };
    let largest = entries.max_by_key(rank)?;
    let number = |offset: usize| {
        u32::from_le_bytes([largest[offset], largest[offset + 1], largest[offset + 2], largest[offset + 3]]) as usize
    };
    let picture = bytes.get(number(12)..)?;
    let picture = &picture[..number(8).min(picture.len())];
    picture.starts_with(b"\x89PNG\r\n\x1a\n").then_some(picture)
}
