//! Lanczos with SIMD. Pixels with alpha are premultiplied on the way, so that hidden colours do not bleed.

use super::{Layout, Picture, Pixels, Size};
use crate::Error;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// A decoded picture at that size.
pub fn picture(picture: &Picture, size: Size) -> Result<Pixels, Error> {
    resize(&picture.pixels, picture.extent, size)
}

/// Pixels at that size.
pub fn pixels(pixels: &Pixels, size: Size) -> Result<Pixels, Error> {
    resize(pixels, (f64::from(pixels.width), f64::from(pixels.height)), size)
}

fn resize(from: &Pixels, (width, height): (f64, f64), size: Size) -> Result<Pixels, Error> {
    let layout = from.layout;
    let kind = match layout {
        Layout::Gray => PixelType::U8,
        Layout::Rgb => PixelType::U8x3,
        Layout::Rgba | Layout::Cmyk => PixelType::U8x4,
    };
    let source = ImageRef::new(from.width, from.height, &from.data, kind).map_err(impossible)?;
    let mut target = Image::new(size.width, size.height, kind);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(0.0, 0.0, width, height)
        .use_alpha(layout == Layout::Rgba);
    Resizer::new().resize(&source, &mut target, &options).map_err(impossible)?;
    Ok(Pixels { width: size.width, height: size.height, layout, data: target.into_vec() })
}

/// The resizer only refuses buffers that do not fit their own size, which no decoder here may hand out.
fn impossible(cause: impl std::fmt::Display) -> Error {
    Error::malformed(format!("The picture's pixels are not what its header says ({cause})."))
}
