//! Lanczos with SIMD. Pixels with alpha are premultiplied on the way, so that hidden colours do not bleed.

use super::{Layout, PixelSource, Pixels, Size, lanczos, streaming_resize};
use crate::Error;
use fast_image_resize::Resizer;
use fast_image_resize::images::{Image, ImageRef};

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
    let source = ImageRef::new(from.width, from.height, &from.data, lanczos::pixel_type(layout))
        .map_err(lanczos::wrong_buffer)?;
    let mut target = Image::new(size.width, size.height, lanczos::pixel_type(layout));
    let options = lanczos::options().crop(0.0, 0.0, width, height).use_alpha(layout == Layout::Rgba);
    Resizer::new().resize(&source, &mut target, &options).map_err(lanczos::wrong_buffer)?;
    Ok(Pixels { width: size.width, height: size.height, layout, data: target.into_vec() })
}
