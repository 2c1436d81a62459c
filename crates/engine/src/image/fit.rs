//! Sizes, and how a picture fits a preset's box: inside on both sides, never enlarged.

use model::Preset;

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

    /// Width and height exchanged.
    pub fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// True when it is at least twice the other in both directions.
    pub fn is_twice(self, other: Size) -> bool {
        self.width >= 2 * other.width && self.height >= 2 * other.height
    }
}

/// The size of an upright picture once it fits the preset's box.
pub fn inside(upright: Size, preset: &Preset) -> Size {
    let (width, height) = (f64::from(upright.width), f64::from(upright.height));
    let scale = (f64::from(preset.max_width) / width).min(f64::from(preset.max_height) / height).min(1.0);
    // A line one pixel high stays one pixel high.
    let side = |side: f64| ((side * scale).round() as u32).max(1);
    Size { width: side(width), height: side(height) }
}

/// The smallest size that covers all of these.
pub fn cover(sizes: impl Iterator<Item = Size>) -> Option<Size> {
    sizes.reduce(|a, b| Size { width: a.width.max(b.width), height: a.height.max(b.height) })
}
