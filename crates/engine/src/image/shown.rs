//! A picture as it is shown on paper: whole, upright, in sRGB, on white.

use super::{Codec, Header, Layout, Picture, Pixels, Size, compositing, encode, resize};
use crate::{Error, ReadContext};
use model::Effort;

/// A page of the picture in `bytes`, counted from 1, whose header was read and checked. Grey or RGB.
pub fn shown(
    bytes: Vec<u8>,
    (codec, page): (&Codec, u32),
    header: &Header,
    context: &mut ReadContext<'_>,
) -> Result<Pixels, Error> {
    let stored = header.orientation.stored(header.upright());
    Ok(on_paper(reduced(codec.decode_page(bytes, page, header, stored, context)?, header, stored)?))
}

/// The pixels as they look on white paper.
pub fn on_paper(pixels: Pixels) -> Pixels {
    match pixels.layout {
        Layout::Rgba => compositing::flatten([255; 3], &pixels),
        _ => pixels,
    }
}

/// A decoded picture at that size (as stored, before orientation), upright and in sRGB.
pub fn reduced(picture: Picture, header: &Header, stored: Size) -> Result<Pixels, Error> {
    let Picture { source, extent, profile } = picture;
    let (made, _) = resize::picture(source, extent, &[stored])?;
    let made = made.into_iter().next().ok_or_else(|| Error::malformed("The picture has no pixels."))?;
    Ok(profile.to_srgb(header.orientation.apply(made)))
}

/// The pixels as a JPEG of that quality, 1 to 100. Takes grey or RGB.
pub fn encode_jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, Error> {
    encode::jpeg::encode(pixels, quality, Effort::Fast)
}
