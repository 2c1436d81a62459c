//! BMP: Windows and OS/2 bitmaps, compressed or not.

use crate::image::{self, Codec, Header, Picture, Size};
use crate::{Error, Format, Job, Reader};
use ::image::codecs::bmp::BmpDecoder;
use std::borrow::Cow;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "bmp",
    mime: "image/bmp",
    extensions: &["bmp", "dib"],
    detect: |head| head.starts_with(b"BM"),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode, frames: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image::imagers_header(&mut BmpDecoder::new(Cursor::new(&*with_one_plane(bytes)))?))
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, _: &mut Job<'_>) -> Result<Picture, Error> {
    image::imagers_decode(BmpDecoder::new(Cursor::new(&*with_one_plane(&bytes)))?)
}

/// The number of planes is always 1 and nobody looks at it, except for the decoder.
fn with_one_plane(bytes: &[u8]) -> Cow<'_, [u8]> {
    const INFO_HEADER_BYTES: u8 = 40;
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
