//! Pixels of a bitmap, upright.

use super::header::{Bitmap, Storage};
use super::runs;
use crate::image::{Layout, Pixels};

/// The pixels, as far as they are there, and how many rows are; the rest is paper.
pub fn pixels(bitmap: &Bitmap, file: &[u8]) -> (Pixels, u32) {
    let data = &file[bitmap.data.clone()];
    match bitmap.storage {
        Storage::Runs if bitmap.bits == 24 => {
            let unpacked = runs::colors(data, bitmap.size);
            let rows = if unpacked.complete { bitmap.size.height } else { unpacked.rows };
            (upright(bitmap, Layout::Rgb, unpacked.pixels.as_flattened(), rows), rows)
        }
        Storage::Runs => {
            let unpacked = runs::numbers(data, bitmap.bits, bitmap.size);
            let rows = if unpacked.complete { bitmap.size.height } else { unpacked.rows };
            let colors: Vec<u8> = unpacked.pixels.iter().flat_map(|&number| color(bitmap, number)).collect();
            (upright(bitmap, Layout::Rgb, &colors, rows), rows)
        }
        Storage::Plain { masks } => plain(bitmap, file, masks),
        Storage::Inside => (Pixels::blank(bitmap.size, Layout::Rgb), 0),
    }
}

fn plain(bitmap: &Bitmap, file: &[u8], masks: [u32; 4]) -> (Pixels, u32) {
    let data = &file[bitmap.data.clone()];
    let width = bitmap.size.width as usize;
    let row_bytes = (width * bitmap.bits as usize).div_ceil(32) * 4;
    // The padding of the last row may be missing.
    let needed = (width * bitmap.bits as usize).div_ceil(8);
    let rows = ((data.len() + row_bytes - needed) / row_bytes).min(bitmap.size.height as usize);
    let stored = (0..rows).map(|row| &data[row * row_bytes..][..needed]);
    let layout = if bitmap.bits > 8 && have_opacity(bitmap, file, masks[3]) { Layout::Rgba } else { Layout::Rgb };
    let mut made = Vec::with_capacity(width * rows * layout.channels());
    match bitmap.bits {
        bits @ ..=8 => {
            let number = |row: &[u8], x: usize| {
                let at = x * bits as usize;
                (u16::from(row[at / 8]) >> (8 - bits as usize - at % 8)) as u8 & (0xff_u8 >> (8 - bits))
            };
            stored.for_each(|row| made.extend((0..width).flat_map(|x| color(bitmap, number(row, x)))));
        }
        24 => stored.for_each(|row| {
            made.extend(row.as_chunks().0.iter().flat_map(|&[blue, green, red]| [red, green, blue]));
        }),
        bits => {
            let channels = masks.map(Channel::of);
            let channels = &channels[..layout.channels()];
            let bytes = bits as usize / 8;
            for pixel in stored.flat_map(|row| row.chunks_exact(bytes)) {
                let pixel = pixel.iter().rev().fold(0, |pixel, &byte| pixel << 8 | u32::from(byte));
                made.extend(channels.iter().map(|channel| channel.value(pixel)));
            }
        }
    }
    (upright(bitmap, layout, &made, rows as u32), rows as u32)
}

/// True when some pixel is not wholly transparent: many writers leave zeros where the opacity would be, which browsers know.
pub fn have_opacity(bitmap: &Bitmap, file: &[u8], mask: u32) -> bool {
    let bytes = bitmap.bits as usize / 8;
    let value = |pixel: &[u8]| pixel.iter().rev().fold(0, |pixel, &byte| pixel << 8 | u32::from(byte));
    mask != 0 && file[bitmap.data.clone()].chunks_exact(bytes).any(|pixel| value(pixel) & mask != 0)
}

/// The colour of a number; one that has none has the first, as a run that leaves pixels out.
fn color(bitmap: &Bitmap, number: u8) -> [u8; 3] {
    let known = bitmap.palette.get(usize::from(number)).or(bitmap.palette.first());
    known.copied().unwrap_or_default()
}

/// Rows of pixels, of which those from so many on are paper, from the top.
fn upright(bitmap: &Bitmap, layout: Layout, stored: &[u8], rows: u32) -> Pixels {
    let size = bitmap.size;
    let row_bytes = size.width as usize * layout.channels();
    let mut pixels =
        Pixels { width: size.width, height: size.height, layout, data: vec![255; row_bytes * size.height as usize] };
    for (row, source) in stored.chunks_exact(row_bytes).take(rows as usize).enumerate() {
        let row = if bitmap.top_down { row } else { size.height as usize - 1 - row };
        pixels.data[row * row_bytes..][..row_bytes].copy_from_slice(source);
    }
    pixels
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
