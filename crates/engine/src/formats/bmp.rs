//! BMP: Windows and OS/2 bitmaps, compressed or not.

use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Layout, Picture, PixelSource, Size, image_crate};
use crate::{Error, ReadContext};
use ::image::codecs::bmp::BmpDecoder;
use std::borrow::Cow;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "bmp",
    mime: "image/bmp",
    extensions: &["bmp", "dib"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"BM"),
    reader: Reader::Image(CODEC),
};

/// OS/2's header is smaller and says less.
const INFO_HEADER_BYTES: u8 = 40;

const CODEC: Codec = Codec { header, decode, frames: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image_crate::header(&mut BmpDecoder::new(Cursor::new(&*with_one_plane(bytes)))?))
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, _: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let changed = match with_one_plane(&bytes) {
        Cow::Owned(changed) => Some(changed),
        Cow::Borrowed(_) => None,
    };
    let mut bytes = changed.unwrap_or(bytes);
    let colors = put_numbers_for_colors(&mut bytes);
    let mut picture = image_crate::decode(BmpDecoder::new(Cursor::new(&*bytes))?)?;
    let PixelSource::Whole(pixels) = &mut picture.source else { return Ok(picture) };
    if let Some(first) = colors.first() {
        for pixel in pixels.data.as_chunks_mut::<3>().0 {
            let [_, is_stored, number] = *pixel;
            let stored = colors.get(usize::from(number)).filter(|_| is_stored == STORED);
            *pixel = *stored.unwrap_or(first);
        }
    }
    // Many writers leave zeros where the opacity would be, which browsers know.
    if pixels.layout == Layout::Rgba && pixels.data.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 0) {
        *pixels = pixels.without_alpha();
    }
    Ok(picture)
}

/// Marks a pixel that is in the file.
const STORED: u8 = 255;

/// Rows that are stored in runs may leave pixels out, which the decoder makes black; others give them the first colour.
/// With this they can be told from those that are there. Gives the colours, which are red, green and blue.
fn put_numbers_for_colors(bytes: &mut [u8]) -> Vec<[u8; 3]> {
    const FILE_HEADER_BYTES: usize = 14;
    const MAX_COLORS: usize = 256;
    const RUNS_OF_8_BITS: u8 = 1;
    const RUNS_OF_4_BITS: u8 = 2;
    let Some(&[size, second, ..]) = bytes.get(FILE_HEADER_BYTES..) else { return vec![] };
    let compression = bytes.get(30).copied().unwrap_or_default();
    if size < INFO_HEADER_BYTES || second != 0 || !matches!(compression, RUNS_OF_8_BITS | RUNS_OF_4_BITS) {
        return vec![];
    }
    let data = bytes.get(10..14).and_then(|start| start.first_chunk()).map_or(0, |&start| u32::from_le_bytes(start));
    let palette = FILE_HEADER_BYTES + usize::from(size)..data as usize;
    let Some(palette) = bytes.get_mut(palette) else { return vec![] };
    let numbered = palette.as_chunks_mut::<4>().0.iter_mut().take(MAX_COLORS).zip(0..=u8::MAX);
    numbered
        .map(|(color, number)| {
            let [blue, green, red, _] = std::mem::replace(color, [number, STORED, 0, 0]);
            [red, green, blue]
        })
        .collect()
}

/// The number of planes is always 1 and nobody looks at it, except for the decoder.
fn with_one_plane(bytes: &[u8]) -> Cow<'_, [u8]> {
    let planes = 26..28;
    match bytes.get(14..28) {
        Some([size, .., low, high]) if *size >= INFO_HEADER_BYTES && (*low, *high) != (1, 0) => {
            let mut bytes = bytes.to_vec();
            bytes[planes].copy_from_slice(&[1, 0]);
            Cow::Owned(bytes)
        }
        _ => Cow::Borrowed(bytes),
    }
}
