//! A picture as it is shown on paper: whole, upright, in sRGB, on white.

use super::{Codec, Header, Layout, Picture, Pixels, compositing, encode, resize};
use crate::{Error, ReadContext};
use model::Effort;

/// The picture in `bytes`, whose header was read and checked. Grey or RGB.
pub fn shown(bytes: Vec<u8>, header: &Header, codec: &Codec, context: &mut ReadContext<'_>) -> Result<Pixels, Error> {
    let stored = header.orientation.stored(header.upright());
    let Picture { source, extent, profile } = (codec.decode)(bytes, header, stored, context)?;
    let (made, _) = resize::picture(source, extent, &[stored])?;
    let made = made.into_iter().next().ok_or_else(|| Error::malformed("The picture has no pixels."))?;
    let pixels = profile.to_srgb(header.orientation.apply(made));
    Ok(match pixels.layout {
        Layout::Rgba => compositing::flatten([255; 3], &pixels),
        _ => pixels,
    })
}

/// The pixels as a JPEG of that quality, 1 to 100. Takes grey or RGB.
pub fn encode_jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, Error> {
    encode::jpeg::encode(pixels, quality, Effort::Fast)
}
