//! Pixels in memory.

use super::{Crop, Size};
use crate::Error;

/// What the bytes of a pixel are. Always 8 bits a channel: models and screens see no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One channel of grey.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue and opacity, not premultiplied.
    Rgba,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}

/// A rectangle of pixels without padding.
#[derive(Clone)]
pub struct Pixels {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// What a pixel's bytes are.
    pub layout: Layout,
    /// Rows from the top; `width * height * layout.channels()` bytes.
    pub data: Vec<u8>,
}

impl Layout {
    /// Bytes of one pixel.
    pub fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }
}

impl Pixels {
    /// Width and height.
    pub fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// Bytes of one row.
    pub fn row_bytes(&self) -> usize {
        self.width as usize * self.layout.channels()
    }

    /// Pixels of that size that are all zero.
    pub fn blank(Size { width, height }: Size, layout: Layout) -> Self {
        let data = vec![0; width as usize * height as usize * layout.channels()];
        Self { width, height, layout, data }
    }

    /// Puts a part at its place (left, top); what sticks out is left out.
    pub fn paste(&mut self, part: &Pixels, (left, top): (u64, u64)) -> Result<(), Error> {
        if part.layout != self.layout {
            return Err(Error::malformed("The picture's parts are of different kinds."));
        }
        let channels = self.layout.channels();
        let columns = u64::from(self.width).saturating_sub(left).min(part.width.into()) as usize;
        let row_bytes = self.row_bytes();
        let rows = self.data.chunks_exact_mut(row_bytes).skip(top as usize);
        for (row, source) in rows.zip(part.data.chunks_exact(part.row_bytes())) {
            let start = left as usize * channels;
            if let Some(target) = row.get_mut(start..start + columns * channels) {
                target.copy_from_slice(&source[..columns * channels]);
            }
        }
        Ok(())
    }

    /// The part of the pixels that is to be seen.
    pub fn cropped(&self, Crop { left, top, size }: Crop) -> Result<Pixels, Error> {
        if left + size.width > self.width || top + size.height > self.height {
            return Err(Error::malformed("The picture is smaller than what of it is to be seen."));
        }
        let channels = self.layout.channels();
        let columns = left as usize * channels..(left + size.width) as usize * channels;
        let rows = self.data.chunks_exact(self.row_bytes()).skip(top as usize).take(size.height as usize);
        let data = rows.flat_map(|row| &row[columns.clone()]).copied().collect();
        Ok(Pixels { width: size.width, height: size.height, layout: self.layout, data })
    }

    /// Grey or RGB with opacity from a grey picture of the same size.
    pub fn with_alpha(&self, alpha: &Pixels) -> Result<Pixels, Error> {
        if alpha.layout != Layout::Gray || alpha.size() != self.size() {
            return Err(Error::malformed("The picture's alpha channel does not fit it."));
        }
        let mut data = Vec::with_capacity(alpha.data.len() * 4);
        for (pixel, &alpha) in self.data.chunks_exact(self.layout.channels()).zip(&alpha.data) {
            data.extend(match *pixel {
                [red, green, blue] => [red, green, blue, alpha],
                _ => [pixel[0], pixel[0], pixel[0], alpha],
            });
        }
        Ok(Pixels { width: self.width, height: self.height, layout: Layout::Rgba, data })
    }

    /// True when nothing shines through.
    pub fn is_opaque(&self) -> bool {
        self.layout != Layout::Rgba || self.data.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255)
    }

    /// RGB of RGBA.
    pub fn without_alpha(&self) -> Pixels {
        let data = self.data.as_chunks::<4>().0.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]).collect();
        Pixels { width: self.width, height: self.height, layout: Layout::Rgb, data }
    }

    /// Undoes that colours were multiplied by their opacity.
    pub fn unmultiply(&mut self) {
        for [red, green, blue, alpha] in self.data.as_chunks_mut::<4>().0 {
            let full = |color: u8| match u32::from(*alpha) {
                0 => 0,
                alpha => ((u32::from(color) * 255 + alpha / 2) / alpha).min(255) as u8,
            };
            (*red, *green, *blue) = (full(*red), full(*green), full(*blue));
        }
    }
}
