//! Transparency onto a colour, for formats without it.

use super::{Layout, Pixels};

/// The picture as it looks on paper of that colour.
pub fn on(background: [u8; 3], pixels: &Pixels) -> Pixels {
    let [under_red, under_green, under_blue] = background;
    let mut data = Vec::with_capacity(pixels.data.len() / 4 * 3);
    for &[red, green, blue, alpha] in pixels.data.as_chunks::<4>().0 {
        data.extend([over(red, under_red, alpha), over(green, under_green, alpha), over(blue, under_blue, alpha)]);
    }
    Pixels { width: pixels.width, height: pixels.height, layout: Layout::Rgb, data }
}

fn over(color: u8, under: u8, alpha: u8) -> u8 {
    let (color, under, alpha) = (u32::from(color), u32::from(under), u32::from(alpha));
    ((color * alpha + under * (255 - alpha) + 127) / 255) as u8
}
