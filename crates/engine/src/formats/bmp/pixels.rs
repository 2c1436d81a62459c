//! Pixels of a bitmap, upright: as far as they are there, and how many rows are; the rest is paper.

use super::header::Bitmap;
use super::runs;
use crate::image::{Layout, Pixels, Size};

/// Of rows in runs.
pub fn in_runs(bitmap: &Bitmap, file: &[u8]) -> (Pixels, u32) {
    let data = &file[bitmap.data.clone()];
    let (colors, rows) = match bitmap.bits {
        24 => {
            let unpacked = runs::colors(data, bitmap.size);
            (unpacked.pixels.into_flattened(), unpacked.rows)
        }
        bits => {
            let unpacked = runs::numbers(data, bits, bitmap.size);
            (unpacked.pixels.iter().flat_map(|&number| color(bitmap, number)).collect(), unpacked.rows)
        }
    };
    (upright(bitmap, Layout::Rgb, colors, rows), rows)
}

/// Of rows as they are.
pub fn plain(bitmap: &Bitmap, file: &[u8], masks: [u32; 4], has_alpha: bool) -> (Pixels, u32) {
    let data = &file[bitmap.data.clone()];
    let width = bitmap.size.width as usize;
    let row_bytes = (width * bitmap.bits as usize).div_ceil(32) * 4;
    // The padding of the last row may be missing.
    let needed = (width * bitmap.bits as usize).div_ceil(8);
    let rows = ((data.len() + row_bytes - needed) / row_bytes).min(bitmap.size.height as usize);
    let stored = (0..rows).map(|row| &data[row * row_bytes..][..needed]);
    let layout = if has_alpha { Layout::Rgba } else { Layout::Rgb };
    let mut made = Vec::with_capacity(width * rows * layout.channels());
    match bitmap.bits {
        bits @ ..=8 => {
            let index = |row: &[u8], x: usize| {
                let at = x * bits as usize;
                (u16::from(row[at / 8]) >> (8 - bits as usize - at % 8)) as u8 & (0xff_u8 >> (8 - bits))
            };
            stored.for_each(|row| made.extend((0..width).flat_map(|x| color(bitmap, index(row, x)))));
        }
        24 => stored.for_each(|row| {
            made.extend(row.as_chunks().0.iter().flat_map(|&[blue, green, red]| [red, green, blue]));
        }),
        bits => {
            let channels = masks.map(Channel::of);
            let channels = &channels[..layout.channels()];
            let bytes = bits as usize / 8;
            for pixel in stored.flat_map(|row| row.chunks_exact(bytes)) {
                let pixel = number(pixel);
                made.extend(channels.iter().map(|channel| channel.value(pixel)));
            }
        }
    }
    (upright(bitmap, layout, made, rows as u32), rows as u32)
}

/// True when some pixel is not wholly transparent: many writers leave zeros where the opacity would be, which browsers know.
pub fn have_opacity(bitmap: &Bitmap, file: &[u8], mask: u32) -> bool {
    let bytes = bitmap.bits as usize / 8;
    mask != 0 && file[bitmap.data.clone()].chunks_exact(bytes).any(|pixel| number(pixel) & mask != 0)
}

/// The bits of a pixel, lowest byte first.
fn number(pixel: &[u8]) -> u32 {
    pixel.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// The colour of a number; one that has none has the first, as a run that leaves pixels out.
fn color(bitmap: &Bitmap, number: u8) -> [u8; 3] {
    let known = bitmap.palette.get(usize::from(number)).or(bitmap.palette.first());
    known.copied().unwrap_or_default()
}

/// Rows as they are stored, of which those from so many on are paper, from the top.
fn upright(bitmap: &Bitmap, layout: Layout, mut data: Vec<u8>, rows: u32) -> Pixels {
    let Size { width, height } = bitmap.size;
    let row_bytes = width as usize * layout.channels();
    data.truncate(rows as usize * row_bytes);
    data.resize(height as usize * row_bytes, 255);
    if !bitmap.top_down {
        let (upper, lower) = data.split_at_mut(height as usize / 2 * row_bytes);
        let below = lower.chunks_exact_mut(row_bytes).rev();
        upper.chunks_exact_mut(row_bytes).zip(below).for_each(|(above, below)| above.swap_with_slice(below));
    }
    Pixels { width, height, layout, data }
}

/// Bits of a pixel that are one of its colours.
struct Channel {
    shift: u32,
    max: u32,
}

impl Channel {
    fn of(mask: u32) -> Self {
        let shift = mask.trailing_zeros().min(31);
        Self { shift, max: mask >> shift }
    }

    fn value(&self, pixel: u32) -> u8 {
        if self.max == 0 {
            return 0;
        }
        let value = u64::from(pixel >> self.shift & self.max);
        ((value * 255 + u64::from(self.max) / 2) / u64::from(self.max)) as u8
    }
}
