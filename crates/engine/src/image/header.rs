//! What a picture's header says, and the limits it must keep before a pixel is decoded.

use super::{Orientation, Size};
use crate::Error;
use model::{Facts, Limits, Reason};

/// A picture as its header announces it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Header {
    /// Width and height as stored, before orientation.
    pub size: Size,
    /// Width and height of the part that is to be seen; nearly always all of it.
    pub visible: Size,
    /// How it is to be turned.
    pub orientation: Orientation,
    /// It has an alpha channel.
    pub alpha: bool,
    /// It has more than one frame.
    pub animated: bool,
    /// How much of it must be in memory at once.
    pub decoding: Decoding,
}

/// Whether a decoder can leave out pixels that no preset needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decoding {
    /// Every pixel is decoded and kept.
    Whole,
    /// Only a scaled picture is ever in memory.
    Scaled,
}

impl Header {
    /// A still, upright, opaque picture that is decoded whole.
    pub fn plain(width: u32, height: u32) -> Self {
        Self {
            size: Size { width, height },
            visible: Size { width, height },
            orientation: Orientation::default(),
            alpha: false,
            animated: false,
            decoding: Decoding::Whole,
        }
    }

    /// Width and height once turned.
    pub fn upright(&self) -> Size {
        self.orientation.upright(self.visible)
    }

    /// Keeps the facts.
    pub fn note(&self, facts: &mut Facts) {
        facts.width = Some(self.size.width);
        facts.height = Some(self.size.height);
        facts.orientation = Some(self.orientation.exif());
        facts.alpha = Some(self.alpha);
        facts.animated = Some(self.animated);
    }

    /// Refuses what would not fit, by the header alone.
    pub fn check(&self, limits: &Limits) -> Result<(), Error> {
        let Size { width, height } = self.size;
        if width == 0 || height == 0 {
            return Err(Error::malformed("The picture says that it has no pixels."));
        }
        let max = match self.decoding {
            Decoding::Whole => limits.image_pixels,
            Decoding::Scaled => limits.image_pixels_scaled,
        };
        if width.max(height) > limits.image_side || self.size.pixels() > max {
            let detail = format!("The picture has {width} × {height} pixels, which is more than is read.");
            return Err(Error::rejected(Reason::TooManyPixels, detail));
        }
        Ok(())
    }
}
