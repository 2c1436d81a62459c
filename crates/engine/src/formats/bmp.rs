//! BMP: Windows and OS/2 bitmaps, compressed or not.

use crate::image::{self, Codec, Header, Picture, Size};
use crate::{Error, Format, Job, Reader};
use ::image::codecs::bmp::BmpDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "bmp",
    mime: "image/bmp",
    extensions: &["bmp", "dib"],
    detect: |head| head.starts_with(b"BM"),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image::imagers_header(&mut BmpDecoder::new(Cursor::new(bytes))?))
}

fn decode(bytes: &[u8], _: &Header, _: Size, _: &mut Job<'_>) -> Result<Picture, Error> {
    image::imagers_decode(BmpDecoder::new(Cursor::new(bytes))?)
}
