//! Pixels in memory.

use super::{Profile, Size};

/// What the bytes of a pixel are. Always 8 bits a channel: models and screens see no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One channel of grey.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue and opacity, not premultiplied.
    Rgba,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}

/// A rectangle of pixels without padding.
pub struct Pixels {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// What a pixel's bytes are.
    pub layout: Layout,
    /// Rows from the top; `width * height * layout.channels()` bytes.
    pub data: Vec<u8>,
}

/// A decoded picture, perhaps smaller than stored.
pub struct Picture {
    /// The pixels, as stored: not yet turned.
    pub pixels: Pixels,
    /// How much of the pixels the picture covers. A decoder that scales rounds up, and without the fraction
    /// everything would be stretched by up to a pixel.
    pub extent: (f64, f64),
    /// What its colours mean.
    pub profile: Profile,
}

impl Layout {
    /// Bytes of one pixel.
    pub fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }
}

impl Pixels {
    /// Width and height.
    pub fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// Bytes of one row.
    pub fn row_bytes(&self) -> usize {
        self.width as usize * self.layout.channels()
    }
}

impl Picture {
    /// A picture that covers its pixels exactly.
    pub fn whole(pixels: Pixels, profile: Profile) -> Self {
        let extent = (f64::from(pixels.width), f64::from(pixels.height));
        Self { pixels, extent, profile }
    }
}
