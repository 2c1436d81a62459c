//! The usual TIFF, strip by strip: whole pixels from top to bottom, without palette and alpha.

use super::colors::Colors;
use super::decoder::{Tiff, damaged, open, profile};
use super::samples::to_bytes;
use crate::Error;
use crate::image::{Layout, Profile, Rows, Size};
use tiff::decoder::ChunkType;
use tiff::tags::Tag;

/// The rows of such a picture.
pub struct Strips {
    tiff: Tiff<Vec<u8>>,
    size: Size,
    colors: Colors,
    /// What is left of the last strip.
    strip: Vec<u8>,
    used: usize,
    next: u32,
    read: u32,
    complete: bool,
}

impl Strips {
    /// True when the file is one.
    pub fn fit(tiff: &mut Tiff<&[u8]>, colors: &Colors) -> Result<bool, Error> {
        const CHUNKY: u16 = 1;
        const USUAL_ORDER: u16 = 1;
        let mut is = |tag: Tag, usual: u16| {
            tiff.find_tag_unsigned::<u16>(tag).map(|found| found.is_none_or(|found| found == usual))
        };
        let plain = is(Tag::PlanarConfiguration, CHUNKY)? && is(Tag::FillOrder, USUAL_ORDER)?;
        let whole_bytes = matches!(colors.bits, 8 | 16) && !colors.has_palette() && colors.alpha.is_none();
        Ok(plain && whole_bytes && tiff.get_chunk_type() == ChunkType::Strip)
    }

    /// The rows of a file that fits and gives all samples, and what its colours mean.
    pub fn open(bytes: Vec<u8>, colors: Colors) -> Result<(Self, Profile), Error> {
        let mut tiff = open(bytes)?;
        let (width, height) = tiff.dimensions()?;
        let profile = profile(&mut tiff, colors.layout());
        let size = Size { width, height };
        Ok((Self { tiff, size, colors, strip: vec![], used: 0, next: 0, read: 0, complete: true }, profile))
    }

    fn next_strip(&mut self) -> Result<(), Error> {
        self.strip = vec![];
        let samples = to_bytes(self.tiff.read_chunk(self.next)?, self.colors.bits)?;
        self.strip = self.colors.pixels(samples);
        (self.used, self.next) = (0, self.next + 1);
        Ok(())
    }
}

impl Rows for Strips {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        self.colors.layout()
    }

    /// What follows the damage is paper; damage before the first row leaves no picture.
    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        for row in rows.chunks_exact_mut(self.size.width as usize * self.layout().channels()) {
            if self.complete && self.used == self.strip.len() {
                match self.next_strip() {
                    Ok(()) => {}
                    Err(error) if self.read == 0 => return Err(error),
                    Err(_) => self.complete = false,
                }
            }
            match self.strip.get(self.used..self.used + row.len()).filter(|_| self.complete) {
                Some(stored) => {
                    row.copy_from_slice(stored);
                    self.used += row.len();
                    self.read += 1;
                }
                None if self.read == 0 => return Err(damaged()),
                None => {
                    self.complete = false;
                    row.fill(if self.layout() == Layout::Cmyk { 0 } else { 255 });
                }
            }
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        (!self.complete).then_some(self.read)
    }
}
