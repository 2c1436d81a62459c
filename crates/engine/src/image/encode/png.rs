//! PNG out, without loss. What is needed of the bytes is kept: no alpha where all is opaque.

use crate::Error;
use crate::image::{Layout, Pixels};
use model::Effort;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

/// The picture as a PNG without any metadata. Takes grey, RGB or RGBA.
pub fn encode(pixels: &Pixels, effort: Effort) -> Result<Vec<u8>, Error> {
    let opaque;
    let (color, data) = match pixels.layout {
        Layout::Gray => (ColorType::Grayscale, &pixels.data),
        Layout::Rgba if pixels.is_opaque() => {
            opaque = pixels.without_alpha();
            (ColorType::Rgb, &opaque.data)
        }
        Layout::Rgba => (ColorType::Rgba, &pixels.data),
        Layout::Rgb | Layout::Cmyk => (ColorType::Rgb, &pixels.data),
    };
    let mut bytes = vec![];
    let mut encoder = Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(if effort == Effort::Smallest { Compression::High } else { Compression::Balanced });
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(data).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// Sizes and colours are ours and valid, so that only memory can be missing.
fn failed(cause: EncodingError) -> Error {
    Error::Io(std::io::Error::new(std::io::ErrorKind::OutOfMemory, cause))
}
