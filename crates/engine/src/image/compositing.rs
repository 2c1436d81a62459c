//! Transparency: frames of animations on their canvas, and pictures on a colour for formats without it.

use super::{Layout, Pixels, Size};
use crate::Error;

/// The frame at its place on a transparent canvas of that size.
pub fn onto_canvas(frame: Pixels, (left, top): (u32, u32), canvas: Size) -> Result<Pixels, Error> {
    if (left, top) == (0, 0) && frame.size() == canvas {
        return Ok(frame);
    }
    if left + frame.width > canvas.width || top + frame.height > canvas.height {
        return Err(Error::malformed("The animation's first frame lies outside of it."));
    }
    let layout = Layout::Rgba;
    let Size { width, height } = canvas;
    let mut data = vec![0; canvas.pixels() as usize * layout.channels()];
    let row_bytes = width as usize * layout.channels();
    let rows = data.chunks_exact_mut(row_bytes).skip(top as usize);
    for (row, source) in rows.zip(frame.data.chunks_exact(frame.row_bytes())) {
        let pixels = &mut row.as_chunks_mut::<4>().0[left as usize..];
        for (pixel, source) in pixels.iter_mut().zip(source.chunks_exact(frame.layout.channels())) {
            *pixel = [source[0], source[1], source[2], source.get(3).copied().unwrap_or(255)];
        }
    }
    Ok(Pixels { width, height, layout, data })
}

/// The picture as it looks on paper of that colour.
pub fn flatten(background: [u8; 3], pixels: &Pixels) -> Pixels {
    let [under_red, under_green, under_blue] = background;
    let mut data = Vec::with_capacity(pixels.data.len() / 4 * 3);
    for &[red, green, blue, alpha] in pixels.data.as_chunks::<4>().0 {
        data.extend([over(red, under_red, alpha), over(green, under_green, alpha), over(blue, under_blue, alpha)]);
    }
    Pixels { width: pixels.width, height: pixels.height, layout: Layout::Rgb, data }
}

/// What `value` makes of each pixel's channels, one or three, as the picture looks on white paper.
pub fn on_white<T>(pixels: &Pixels, value: impl Fn(&[u8]) -> T) -> Vec<T> {
    let flat;
    let pixels = match pixels.layout {
        Layout::Rgba => {
            flat = flatten([255; 3], pixels);
            &flat
        }
        _ => pixels,
    };
    pixels.data.chunks_exact(pixels.layout.channels()).map(value).collect()
}

fn over(color: u8, under: u8, alpha: u8) -> u8 {
    let (color, under, alpha) = (u32::from(color), u32::from(under), u32::from(alpha));
    ((color * alpha + under * (255 - alpha) + 127) / 255) as u8
}
