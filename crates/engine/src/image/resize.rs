//! Lanczos with SIMD. Pixels with alpha are premultiplied on the way, so that hidden colours do not bleed.

use super::{Layout, PixelSource, Pixels, Size, streaming_resize};
use crate::Error;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// A decoded picture at each of these sizes, and the share of its rows that could be read.
pub fn picture(source: PixelSource, extent: (f64, f64), sizes: &[Size]) -> Result<(Vec<Pixels>, f64), Error> {
    match source {
        PixelSource::Whole(pixels) => {
            let made = sizes.iter().map(|&size| resize(&pixels, extent, size)).collect::<Result<_, _>>()?;
            Ok((made, 1.0))
        }
        PixelSource::Rows(rows) => streaming_resize::reduce(rows, extent, sizes),
    }
}

/// Pixels at that size.
pub fn pixels(pixels: &Pixels, size: Size) -> Result<Pixels, Error> {
    resize(pixels, (f64::from(pixels.width), f64::from(pixels.height)), size)
}

fn resize(from: &Pixels, (width, height): (f64, f64), size: Size) -> Result<Pixels, Error> {
    // Nothing is to be done, and taking alpha in and out again would round.
    if from.size() == size && (width, height) == size.exact() {
        return Ok(from.clone());
    }
    let layout = from.layout;
    let source = ImageRef::new(from.width, from.height, &from.data, kind(layout)).map_err(impossible)?;
    let mut target = Image::new(size.width, size.height, kind(layout));
    let options = lanczos().crop(0.0, 0.0, width, height).use_alpha(layout == Layout::Rgba);
    Resizer::new().resize(&source, &mut target, &options).map_err(impossible)?;
    Ok(Pixels { width: size.width, height: size.height, layout, data: target.into_vec() })
}

/// The filter every reduction here is made with, blind to alpha.
pub(super) fn lanczos() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(false)
}

/// The resizer's word for a layout.
pub(super) fn kind(layout: Layout) -> PixelType {
    match layout {
        Layout::Gray => PixelType::U8,
        Layout::Rgb => PixelType::U8x3,
        Layout::Rgba | Layout::Cmyk => PixelType::U8x4,
    }
}

/// The resizer only refuses buffers that do not fit their own size, which no decoder here may hand out.
pub(super) fn impossible(cause: impl std::fmt::Display) -> Error {
    Error::malformed(format!("The picture's pixels are not what its header says ({cause})."))
}
