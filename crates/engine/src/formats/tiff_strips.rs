//! The usual TIFF, strip by strip: whole pixels from top to bottom, without palette and alpha.

use super::tiff::{Tiff, open, to_bytes};
use crate::Error;
use crate::image::{self, Layout, Profile, Rows, Size};
use tiff::ColorType;
use tiff::decoder::ChunkType;
use tiff::tags::{PhotometricInterpretation, Tag};

/// The rows of such a picture.
pub struct Strips {
    tiff: Tiff<Vec<u8>>,
    size: Size,
    layout: Layout,
    /// Luma and chroma.
    ycc: bool,
    /// What is left of the last strip.
    strip: Vec<u8>,
    used: usize,
    next: u32,
    read: u32,
    complete: bool,
}

impl Strips {
    /// True when the file is one.
    pub fn fit(bytes: &[u8]) -> Result<bool, Error> {
        const CHUNKY: u16 = 1;
        const USUAL_ORDER: u16 = 1;
        let mut tiff = open(bytes)?;
        let is = |tag: Tag, usual: u16, tiff: &mut Tiff<&[u8]>| {
            tiff.find_tag_unsigned::<u16>(tag).map(|found| found.is_none_or(|found| found == usual))
        };
        let plain = is(Tag::PlanarConfiguration, CHUNKY, &mut tiff)? && is(Tag::FillOrder, USUAL_ORDER, &mut tiff)?;
        let palette = PhotometricInterpretation::RGBPalette.to_u16();
        let has_palette = tiff.find_tag_unsigned(Tag::PhotometricInterpretation)? == Some(palette);
        let kind = if has_palette { None } else { layout(tiff.colortype()?) };
        Ok(plain && kind.is_some() && tiff.get_chunk_type() == ChunkType::Strip)
    }

    /// The rows of a file that fits, and what its colours mean.
    pub fn open(bytes: Vec<u8>) -> Result<(Self, Profile), Error> {
        let mut tiff = open(bytes)?;
        let (width, height) = tiff.dimensions()?;
        let color = tiff.colortype()?;
        let layout = layout(color).ok_or_else(super::tiff::unsupported)?;
        let icc = tiff.find_tag(Tag::IccProfile).ok().flatten().and_then(|value| value.into_u8_vec().ok());
        let profile = Profile::icc(icc.as_deref(), layout);
        let (size, ycc) = (Size { width, height }, matches!(color, ColorType::YCbCr(_)));
        Ok((Self { tiff, size, layout, ycc, strip: vec![], used: 0, next: 0, read: 0, complete: true }, profile))
    }

    fn next_strip(&mut self) -> Result<(), Error> {
        self.strip = vec![];
        let samples = to_bytes(self.tiff.read_chunk(self.next)?)?;
        self.strip = if self.ycc { image::jpeg_ycc_to_rgb(samples) } else { samples };
        (self.used, self.next) = (0, self.next + 1);
        Ok(())
    }
}

impl Rows for Strips {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    /// What follows the damage is paper; damage before the first row leaves no picture.
    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        for row in rows.chunks_exact_mut(self.size.width as usize * self.layout.channels()) {
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
                None if self.read == 0 => return Err(super::tiff::damaged()),
                None => {
                    self.complete = false;
                    row.fill(if self.layout == Layout::Cmyk { 0 } else { 255 });
                }
            }
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        (!self.complete).then_some(self.read)
    }
}

/// The layout of pixels that need no more than that their samples become bytes.
fn layout(color: ColorType) -> Option<Layout> {
    match color {
        ColorType::Gray(8 | 16) => Some(Layout::Gray),
        ColorType::RGB(8 | 16) | ColorType::YCbCr(8) => Some(Layout::Rgb),
        ColorType::CMYK(8 | 16) => Some(Layout::Cmyk),
        _ => None,
    }
}
