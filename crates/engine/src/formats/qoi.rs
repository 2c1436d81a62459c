//! QOI, the quite OK image format.

use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Picture, Size, image_crate};
use crate::{Error, ReadContext};
use ::image::codecs::qoi::QoiDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "qoi",
    mime: "image/qoi",
    extensions: &["qoi"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"qoif"),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    Ok(image_crate::header(&mut QoiDecoder::new(Cursor::new(bytes))?))
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, _: &mut ReadContext<'_>) -> Result<Picture, Error> {
    image_crate::decode(QoiDecoder::new(Cursor::new(&*bytes))?)
}
