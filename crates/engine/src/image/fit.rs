//! Sizes, and how a picture fits a preset's box: inside on both sides or all over it, never enlarged.

use super::Crop;
use model::{Fit, Preset};

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// The area in pixels.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Width and height as fractions of themselves.
    pub fn exact(self) -> (f64, f64) {
        (f64::from(self.width), f64::from(self.height))
    }

    /// Width and height exchanged.
    pub fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// True when it is at least twice the other in both directions.
    pub fn is_twice(self, other: Size) -> bool {
        self.width >= 2 * other.width && self.height >= 2 * other.height
    }
}

/// The size of an upright picture once it fits the preset's box, or fills it before it is cut.
pub fn scaled(upright: Size, preset: &Preset) -> Size {
    let (width, height) = (f64::from(upright.width), f64::from(upright.height));
    let (across, down) = (f64::from(preset.max_width) / width, f64::from(preset.max_height) / height);
    let scale = match preset.fit {
        Fit::Inside => across.min(down),
        Fit::Cover => across.max(down),
    };
    // A line one pixel high stays one pixel high.
    let side = |side: f64| ((side * scale.min(1.0)).round() as u32).max(1);
    Size { width: side(width), height: side(height) }
}

/// The middle of a picture of that size, as large as the preset's box has room for.
pub fn middle(size: Size, preset: &Preset) -> Crop {
    let cut = Size { width: size.width.min(preset.max_width), height: size.height.min(preset.max_height) };
    Crop { left: (size.width - cut.width) / 2, top: (size.height - cut.height) / 2, size: cut }
}

/// The smallest size that covers all of these.
pub fn cover(sizes: impl Iterator<Item = Size>) -> Option<Size> {
    sizes.reduce(|a, b| Size { width: a.width.max(b.width), height: a.height.max(b.height) })
}
