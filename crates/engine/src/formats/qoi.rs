//! QOI, the quite OK image format.

use crate::image::{self, Codec, Header, Picture, Size};
use crate::{Error, Format, Job, Reader};
use ::image::codecs::qoi::QoiDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "qoi",
    mime: "image/qoi",
    extensions: &["qoi"],
    detect: |head| head.starts_with(b"qoif"),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode, frames: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image::imagers_header(&mut QoiDecoder::new(Cursor::new(bytes))?))
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, _: &mut Job<'_>) -> Result<Picture, Error> {
    image::imagers_decode(QoiDecoder::new(Cursor::new(&*bytes))?)
}
