//! TIFF: the first page. Fax, JPEG, LZW and the rest; grey, palette, RGB, CMYK and YCbCr of any depth.

use super::colors::{self, Colors};
use super::decoder::{damaged, open, profile, unsupported};
use super::entries;
use super::samples::{interleaved, to_bytes, unpack};
use super::strips::Strips;
use crate::formats::jpeg;
use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Orientation, Picture, Pixels, Profile, Size};
use crate::{Error, ReadContext};
use tiff::decoder::DecodingResult;
use tiff::tags::Tag;

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
    if let Some((jpeg, orientation)) = entries::jpeg_inside(bytes)? {
        return Ok(Header { orientation, ..(jpeg::CODEC.header)(jpeg)? });
    }
    let mut tiff = open(bytes)?;
    let (width, height) = tiff.dimensions()?;
    let orientation = tiff.find_tag_unsigned(Tag::Orientation).ok().flatten().unwrap_or(1);
    let alpha = Colors::of(&mut tiff)?.alpha.is_some();
    Ok(Header { alpha, orientation: Orientation::from_exif(orientation), ..Header::plain(width, height) })
}

fn decode(mut bytes: Vec<u8>, header: &Header, needed: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    if let Some((jpeg, _)) = entries::jpeg_inside(&bytes)? {
        return (jpeg::CODEC.decode)(jpeg.to_vec(), header, needed, context);
    }
    let mut tiff = open(&*bytes)?;
    let colors = Colors::of(&mut tiff)?;
    let in_strips = Strips::fit(&mut tiff, &colors)?;
    entries::refuse_what_is_taken_wrong(&bytes, &mut tiff, &colors)?;
    let compression = entries::compression(&mut tiff)?;
    entries::give_all_samples(&mut bytes, compression)?;
    if in_strips {
        let (strips, profile) = Strips::open(bytes, colors)?;
        return Ok(Picture::in_rows(strips, profile));
    }
    entries::turn_bits(&mut bytes)?;
    decode_samples(&bytes, &colors)
}

fn decode_samples(bytes: &[u8], colors: &Colors) -> Result<Picture, Error> {
    let mut tiff = open(bytes)?;
    let (width, height) = tiff.dimensions()?;
    let mut samples = DecodingResult::U8(vec![]);
    let order = tiff.read_image_to_buffer(&mut samples)?;
    let planes = if order.planes > 1 { order.planes } else { 1 };
    let samples = unpack(samples, colors.bits, width as usize * (colors.samples / planes))?;
    let area = width as usize * height as usize;
    let (data, opacity) = if colors.has_palette() {
        let palette = colors::palette(&mut tiff, colors.bits)?;
        let data = match samples {
            DecodingResult::U8(samples) => colors.in_palette(&palette, &interleaved(samples, planes, area)?),
            DecodingResult::U16(samples) => colors.in_palette(&palette, &interleaved(samples, planes, area)?),
            _ => return Err(unsupported()),
        };
        (data, None)
    } else {
        let samples = interleaved(to_bytes(samples, colors.bits)?, planes, area)?;
        let opacity = colors.opacity_of_inks(&samples, (width, height));
        (colors.pixels(samples), opacity)
    };
    let layout = colors.layout();
    if data.len() != area * layout.channels() {
        return Err(damaged());
    }
    let pixels = Pixels { width, height, layout, data };
    let profile = profile(&mut tiff, layout);
    match opacity {
        Some(opacity) => Ok(Picture::whole(profile.to_srgb(pixels).with_alpha(&opacity)?, Profile::srgb())),
        None => Ok(Picture::whole(pixels, profile)),
    }
}
