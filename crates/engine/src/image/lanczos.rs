//! The filter that every reduction is made with, and how `fast_image_resize` is told of it.

use super::Layout;
use crate::Error;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions};

/// The filter every reduction here is made with, blind to alpha.
pub fn options() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(false)
}

/// The resizer's word for a layout.
pub fn pixel_type(layout: Layout) -> PixelType {
    match layout {
        Layout::Gray => PixelType::U8,
        Layout::Rgb => PixelType::U8x3,
        Layout::Rgba | Layout::Cmyk => PixelType::U8x4,
    }
}

/// The resizer only refuses buffers that do not fit their own size, which no decoder here may hand out.
pub fn wrong_buffer(cause: impl std::fmt::Display) -> Error {
    Error::malformed(format!("The picture's pixels are not what its header says ({cause})."))
}
