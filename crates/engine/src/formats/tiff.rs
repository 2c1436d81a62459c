//! TIFF: the first page.

use crate::image::{self, Codec, Header, Picture, Size};
use crate::{Error, Format, Job, Reader};
use ::image::codecs::tiff::TiffDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "tiff",
    mime: "image/tiff",
    extensions: &["tif", "tiff"],
    detect: |head| [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|&magic| head.starts_with(magic)),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image::imagers_header(&mut TiffDecoder::new(Cursor::new(bytes))?))
}

fn decode(bytes: &[u8], _: &Header, _: Size, _: &mut Job<'_>) -> Result<Picture, Error> {
    image::imagers_decode(TiffDecoder::new(Cursor::new(bytes))?)
}
