//! The eight orientations of TIFF and EXIF (tag 274).

use super::{Pixels, Size};

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

    /// Turns the pixels upright.
    pub fn apply(self, pixels: Pixels) -> Pixels {
        match (self.0, pixels.layout.channels()) {
            (1, _) => pixels,
            (_, 1) => self.turn::<1>(&pixels),
            (_, 3) => self.turn::<3>(&pixels),
            (_, _) => self.turn::<4>(&pixels),
        }
    }

    fn swaps(self) -> bool {
        self.0 >= 5
    }

    fn turn<const CHANNELS: usize>(self, from: &Pixels) -> Pixels {
        let Size { width, height } = self.upright(from.size());
        let (wide, high) = (from.width as usize, from.height as usize);
        let (source, _) = from.data.as_chunks::<CHANNELS>();
        let mut data = Vec::with_capacity(from.data.len());
        for y in 0..height as usize {
            // Where the row begins in the source, and how far apart its neighbours lie there.
            let (start, step) = match self.0 {
                2 => (y * wide + wide - 1, -1),
                3 => ((high - 1 - y) * wide + wide - 1, -1),
                4 => ((high - 1 - y) * wide, 1),
                5 => (y, wide as isize),
                6 => ((high - 1) * wide + y, -(wide as isize)),
                7 => ((high - 1) * wide + wide - 1 - y, -(wide as isize)),
                _ => (wide - 1 - y, wide as isize),
            };
            for x in 0..width as isize {
                data.extend_from_slice(&source[start.wrapping_add_signed(x * step)]);
            }
        }
        Pixels { width, height, layout: from.layout, data }
    }
}
