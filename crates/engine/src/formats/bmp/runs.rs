//! Rows in runs: of numbers of colours of 8 or 4 bits, or of colours of 24.

use crate::image::Size;

/// What comes of them: for each pixel its number or colour, from the bottom row, and zero where nothing is said.
pub struct Unpacked<Pixel> {
    pub pixels: Vec<Pixel>,
    /// Rows that were begun; all of them when the end was reached.
    pub rows: u32,
}

/// Numbers of colours.
pub fn numbers(data: &[u8], bits: u32, size: Size) -> Unpacked<u8> {
    match bits {
        4 => unpack(data, size, 4, |stored, index| stored[index / 2] >> (4 - index % 2 * 4) & 15),
        _ => unpack(data, size, 8, |stored, index| stored[index]),
    }
}

/// Red, green and blue.
pub fn colors(data: &[u8], size: Size) -> Unpacked<[u8; 3]> {
    unpack(data, size, 24, |stored, index| [stored[index * 3 + 2], stored[index * 3 + 1], stored[index * 3]])
}

/// `bits` are those of a pixel; `pixel` takes the one at a place out of bytes that are stored as they are.
fn unpack<Pixel: Copy + Default>(
    data: &[u8],
    size: Size,
    bits: usize,
    pixel: impl Fn(&[u8], usize) -> Pixel,
) -> Unpacked<Pixel> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut pixels = vec![Pixel::default(); width * height];
    // A run repeats a pixel, or two that share a byte and take turns.
    let (unit, turns) = (bits.div_ceil(8), (8 / bits).max(1));
    let (mut x, mut y) = (0_usize, 0_usize);
    let mut rest = data;
    let mut take = |count: usize| -> Option<&[u8]> {
        let (taken, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(taken)
    };
    // What sticks out of its row is left out, as everybody does.
    let mut put = |x: usize, y: usize, value: Pixel| {
        if x < width && y < height {
            pixels[y * width + x] = value;
        }
    };
    // Nothing where the data end before the picture does.
    let mut read = || -> Option<()> {
        while y < height {
            match usize::from(take(1)?[0]) {
                0 => match usize::from(take(1)?[0]) {
                    0 => (x, y) = (0, y + 1),
                    1 => return Some(()),
                    2 => {
                        let &[right, up] = take(2)?.first_chunk()?;
                        (x, y) = (x + usize::from(right), y + usize::from(up));
                    }
                    count => {
                        let bytes = (count * bits).div_ceil(8);
                        let stored = take(bytes)?;
                        (0..count).for_each(|index| put(x + index, y, pixel(stored, index)));
                        x += count;
                        // Padded to two bytes.
                        let _ = take(bytes % 2);
                    }
                },
                count => {
                    let run = take(unit)?;
                    (0..count).for_each(|index| put(x + index, y, pixel(run, index % turns)));
                    x += count;
                }
            }
        }
        Some(())
    };
    let complete = read().is_some();
    let rows = if complete { height } else { (y + usize::from(x > 0)).min(height) };
    Unpacked { pixels, rows: rows as u32 }
}
