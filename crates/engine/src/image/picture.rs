//! A decoded picture: its pixels, or the decoder that gives them row by row, and what their colours mean.

use super::{Layout, Pixels, Profile, Size};
use crate::Error;

/// A decoded picture, perhaps smaller than stored.
pub struct Picture {
    /// The pixels, as stored: not yet turned.
    pub source: PixelSource,
    /// How much of the pixels the picture covers. A decoder that scales rounds up, and without the fraction
    /// everything would be stretched by up to a pixel.
    pub extent: (f64, f64),
    /// What its colours mean.
    pub profile: Profile,
}

/// Where a picture's pixels come from.
pub enum PixelSource {
    /// They are all here.
    Whole(Pixels),
    /// They are decoded while they are made smaller, so that they are never all in memory.
    Rows(Box<dyn Rows>),
}

/// A decoder that gives one row after another.
pub trait Rows {
    /// Width and height of what it gives.
    fn size(&self) -> Size;
    /// What a pixel's bytes are.
    fn layout(&self) -> Layout;
    /// Fills the buffer with the next rows.
    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error>;
    /// The first row from which on what was read so far is made up, because it is damaged or missing in the file.
    fn damaged_from(&self) -> Option<u32>;
}

impl Picture {
    /// A picture that covers its pixels exactly.
    pub fn whole(pixels: Pixels, profile: Profile) -> Self {
        Self { extent: pixels.size().exact(), source: PixelSource::Whole(pixels), profile }
    }

    /// A picture that covers its rows exactly.
    pub fn in_rows(rows: impl Rows + 'static, profile: Profile) -> Self {
        Self { extent: rows.size().exact(), source: PixelSource::Rows(Box::new(rows)), profile }
    }
}
