//! Sizes, and how a picture fits a preset's box: inside on both sides or all over it, never enlarged.

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

/// A part of a picture, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// Pixels left out on the left.
    pub left: u32,
    /// Pixels left out at the top.
    pub top: u32,
    /// What remains.
    pub size: Size,
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

/// How a stored picture is to be turned and mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Default for Orientation {
    fn default() -> Self {
        Self(1)
    }
}

impl Orientation {
    /// From the EXIF value; anything outside 1 to 8 means upright, as every reader has it.
    pub fn from_exif(value: u32) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self::default(),
        }
    }

    /// The EXIF value.
    pub fn exif(self) -> u8 {
        self.0
    }

    /// The upright size of a picture stored with that size.
    pub fn upright(self, stored: Size) -> Size {
        if self.swaps() { stored.turned() } else { stored }
    }

    /// The stored size of a picture that is upright with that size.
    pub fn stored(self, upright: Size) -> Size {
        if self.swaps() { upright.turned() } else { upright }
    }

    /// This, and after it a turn to the left by so many quarters.
    pub fn then_turned_left(self, quarters: u8) -> Self {
        let (mirrored, turns) = self.parts();
        Self::of_parts(mirrored, turns + 4 - quarters % 4)
    }

    /// This, and after it left and right exchanged.
    pub fn then_mirrored(self) -> Self {
        let (mirrored, turns) = self.parts();
        Self::of_parts(!mirrored, 4 - turns)
    }

    /// This, and after it top and bottom exchanged.
    pub fn then_flipped(self) -> Self {
        let (mirrored, turns) = self.parts();
        Self::of_parts(!mirrored, 6 - turns)
    }

    /// Every orientation is: perhaps mirrored, then turned right by so many quarters.
    fn parts(self) -> (bool, u8) {
        match self.0 {
            2 => (true, 0),
            3 => (false, 2),
            4 => (true, 2),
            5 => (true, 3),
            6 => (false, 1),
            7 => (true, 1),
            8 => (false, 3),
            _ => (false, 0),
        }
    }

    fn of_parts(mirrored: bool, turns: u8) -> Self {
        let [plain, reflected] = [[1, 6, 3, 8], [2, 7, 4, 5]];
        let turns = usize::from(turns % 4);
        Self(if mirrored { reflected[turns] } else { plain[turns] })
    }

    pub(super) fn swaps(self) -> bool {
        self.0 >= 5
    }
}
