//! Frames of animations cover a part of their canvas; the rest is transparent.

use super::{Layout, Pixels, Size};
use crate::Error;

/// The frame at its place on a transparent canvas of that size.
pub fn place(frame: Pixels, (left, top): (u32, u32), canvas: Size) -> Result<Pixels, Error> {
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
