//! The eight orientations of TIFF and EXIF (tag 274).

use super::{Orientation, Pixels, Size};

impl Orientation {
    /// Turns the pixels upright.
    pub fn apply(self, pixels: Pixels) -> Pixels {
        match (self.exif(), pixels.layout.channels()) {
            (1, _) => pixels,
            (_, 1) => self.turn::<1>(&pixels),
            (_, 3) => self.turn::<3>(&pixels),
            (_, _) => self.turn::<4>(&pixels),
        }
    }

    fn turn<const CHANNELS: usize>(self, from: &Pixels) -> Pixels {
        let Size { width, height } = self.upright(from.size());
        let (wide, high) = (from.width as usize, from.height as usize);
        let (source, _) = from.data.as_chunks::<CHANNELS>();
        let mut data = Vec::with_capacity(from.data.len());
        for y in 0..height as usize {
            // Where the row begins in the source, and how far apart its neighbours lie there.
            let (start, step) = match self.exif() {
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
