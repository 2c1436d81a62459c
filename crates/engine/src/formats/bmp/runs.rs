//! Rows in runs: of numbers of colours of 8 or 4 bits, or of colours of 24.

use crate::image::Size;

/// What comes of them: for each pixel its number or colour, from the bottom row, and zero where nothing is said.
pub struct Unpacked<Pixel> {
    pub pixels: Vec<Pixel>,
    /// The end was reached, or everything is there.
    pub complete: bool,
    /// Rows that were begun.
    pub rows: u32,
}

/// Numbers of colours.
pub fn numbers(data: &[u8], bits: u32, size: Size) -> Unpacked<u8> {
    match bits {
        4 => unpack(
            data,
            size,
            1,
            |_, byte| byte[0],
            |stored, index| stored[index / 2] >> (4 - index % 2 * 4) & 15,
            Some(nibbles),
        ),
        _ => unpack(data, size, 1, |_, byte| byte[0], |stored, index| stored[index], None),
    }
}

/// Red, green and blue.
pub fn colors(data: &[u8], size: Size) -> Unpacked<[u8; 3]> {
    let color = |three: &[u8]| [three[2], three[1], three[0]];
    unpack(data, size, 3, move |_, three| color(three), move |stored, index| color(&stored[index * 3..]), None)
}

/// Two numbers take turns in a run.
fn nibbles(index: usize, byte: u8) -> u8 {
    byte >> (4 - index % 2 * 4) & 15
}

/// `unit` is the bytes of a run's pixel; `literal` takes the pixel at a place out of bytes that are stored as they are.
fn unpack<Pixel: Copy + Default>(
    data: &[u8],
    size: Size,
    unit: usize,
    of_run: impl Fn(usize, &[u8]) -> Pixel,
    literal: impl Fn(&[u8], usize) -> Pixel,
    turns: Option<fn(usize, u8) -> Pixel>,
) -> Unpacked<Pixel> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut pixels = vec![Pixel::default(); width * height];
    let (mut x, mut y) = (0_usize, 0_usize);
    let mut rest = data;
    let mut take = |count: usize| -> Option<&[u8]> {
        let (taken, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(taken)
    };
    let mut step = |x: &mut usize, y: &mut usize| -> Option<bool> {
        // What sticks out of its row is left out, as everybody does.
        let mut put = |x: usize, y: usize, pixel: Pixel| {
            if x < width && y < height {
                pixels[y * width + x] = pixel;
            }
        };
        match usize::from(take(1)?[0]) {
            0 => match usize::from(take(1)?[0]) {
                0 => (*x, *y) = (0, *y + 1),
                1 => return Some(false),
                2 => {
                    let &[right, up] = take(2)?.first_chunk()?;
                    (*x, *y) = (*x + usize::from(right), *y + usize::from(up));
                }
                count => {
                    let bytes = if turns.is_some() { count.div_ceil(2) } else { count * unit };
                    let stored = take(bytes)?;
                    (0..count).for_each(|index| put(*x + index, *y, literal(stored, index)));
                    *x += count;
                    // Padded to two bytes.
                    let _ = take(bytes % 2);
                }
            },
            count => {
                let run = take(unit)?;
                for index in 0..count {
                    put(*x + index, *y, turns.map_or_else(|| of_run(index, run), |turns| turns(index, run[0])));
                }
                *x += count;
            }
        }
        Some(*y < height)
    };
    let complete = loop {
        match step(&mut x, &mut y) {
            Some(true) => {}
            Some(false) => break true,
            None => break false,
        }
    };
    let rows = (y + usize::from(x > 0)).min(height);
    Unpacked { pixels, complete: complete || y + 1 >= height && x >= width, rows: rows as u32 }
}
