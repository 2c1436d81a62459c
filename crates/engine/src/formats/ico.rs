//! Windows icons: the largest picture in them.

use crate::image::{self, Codec, Header, Picture, Size};
use crate::{Error, Format, Job, Reader};
use ::image::codecs::ico::IcoDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "ico",
    mime: "image/vnd.microsoft.icon",
    extensions: &["ico", "cur"],
    detect: |head| head.starts_with(b"\0\0\x01\0") || head.starts_with(b"\0\0\x02\0"),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image::imagers_header(&mut IcoDecoder::new(Cursor::new(bytes))?))
}

fn decode(bytes: &[u8], _: &Header, _: Size, _: &mut Job<'_>) -> Result<Picture, Error> {
    image::imagers_decode(IcoDecoder::new(Cursor::new(bytes))?)
}
