//! Transparency onto white, for formats without it.

use super::{Layout, Pixels};

/// The picture as it looks on white paper.
pub fn on_white(pixels: &Pixels) -> Pixels {
    let mut data = Vec::with_capacity(pixels.data.len() / 4 * 3);
    for &[red, green, blue, alpha] in pixels.data.as_chunks::<4>().0 {
        data.extend([red, green, blue].map(|color| over_white(color, alpha)));
    }
    Pixels { width: pixels.width, height: pixels.height, layout: Layout::Rgb, data }
}

fn over_white(color: u8, alpha: u8) -> u8 {
    let (color, alpha) = (u32::from(color), u32::from(alpha));
    ((color * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
