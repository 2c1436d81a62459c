//! Planes of luma and chroma to red, green and blue.

use crate::Error;
use crate::containers::isobmff::Named;
use crate::image::{Layout, Pixels, Rows, Size};
use std::ops::Range;

/// A decoded frame as video decoders hand it out.
pub struct Frame<'a> {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Bits of a sample, 8 to 16. More than 8 take two bytes each, in the machine's order.
    pub depth: u8,
    /// Luma.
    pub luma: Plane<'a>,
    /// Chroma, blue and red, unless the frame is grey.
    pub chroma: Option<[Plane<'a>; 2]>,
    /// Chroma has half the columns.
    pub half_width: bool,
    /// Chroma has half the rows.
    pub half_height: bool,
    /// What the samples mean.
    pub colors: Named,
}

/// Rows of samples.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    /// All of its rows; the last may be without padding.
    pub bytes: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

/// Planes that somebody keeps.
pub trait Planes {
    /// What is in them.
    fn frame(&self) -> Result<Frame<'_>, Error>;
}

/// A kept frame, of which one row after another is made pixels: these take twice the room.
pub struct FrameRows<Kept> {
    kept: Kept,
    size: Size,
    layout: Layout,
    next: usize,
}

impl<Kept: Planes> FrameRows<Kept> {
    /// From the first row on.
    pub fn new(kept: Kept) -> Result<Self, Error> {
        let frame = kept.frame()?;
        let (size, layout) = (Size { width: frame.width, height: frame.height }, frame.layout());
        Ok(Self { kept, size, layout, next: 0 })
    }
}

impl<Kept: Planes> Rows for FrameRows<Kept> {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        let count = rows.len() / (self.size.width as usize * self.layout.channels());
        self.kept.frame()?.fill(self.next..self.next + count, rows);
        self.next += count;
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        None
    }
}

impl Frame<'_> {
    /// What its pixels are.
    pub fn layout(&self) -> Layout {
        if self.chroma.is_some() { Layout::Rgb } else { Layout::Gray }
    }

    /// All of its pixels.
    pub fn to_pixels(&self) -> Pixels {
        let mut pixels = Pixels::blank(Size { width: self.width, height: self.height }, self.layout());
        self.fill(0..self.height as usize, &mut pixels.data);
        pixels
    }

    /// Makes those rows pixels.
    pub fn fill(&self, rows: Range<usize>, target: &mut [u8]) {
        match self.chroma {
            Some(chroma) => self.fill_rgb(chroma, rows, target),
            None => self.fill_gray(rows, target),
        }
    }

    fn fill_gray(&self, rows: Range<usize>, target: &mut [u8]) {
        let columns = self.width as usize;
        let mut luma = vec![0.0; columns];
        for (y, row) in rows.zip(target.chunks_exact_mut(columns)) {
            self.read(self.luma, y, self.luma_range(), &mut luma);
            row.iter_mut().zip(&luma).for_each(|(gray, &luma)| *gray = to_byte(luma));
        }
    }

    fn fill_rgb(&self, chroma: [Plane<'_>; 2], rows: Range<usize>, target: &mut [u8]) {
        let columns = self.width as usize;
        let matrix = Matrix::of(self.colors.matrix);
        let chroma_range = if matches!(matrix, Matrix::None) { self.luma_range() } else { self.chroma_range() };
        let mut luma = vec![0.0; columns];
        let mut upsampled = [vec![0.0; columns], vec![0.0; columns]];
        let mut scratch = Chroma::new(self.chroma_columns());
        for (y, row) in rows.zip(target.chunks_exact_mut(columns * 3)) {
            self.read(self.luma, y, self.luma_range(), &mut luma);
            for (plane, target) in chroma.into_iter().zip(&mut upsampled) {
                self.upsample(plane, y, chroma_range, &mut scratch, target);
            }
            let [blue, red] = &upsampled;
            matrix.apply(&luma, blue, red, row.as_chunks_mut::<3>().0);
        }
    }

    /// One row of chroma at full width: linear between samples, which lie in the middle of the pixels they cover.
    fn upsample(&self, plane: Plane<'_>, y: usize, range: Scale, scratch: &mut Chroma, target: &mut [f32]) {
        let Chroma { near, far } = scratch;
        if self.half_height {
            let last = (self.height as usize - 1) / 2;
            let other = if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(last) };
            self.read(plane, y / 2, range, near);
            self.read(plane, other, range, far);
            near.iter_mut().zip(&*far).for_each(|(near, far)| *near = *near * 0.75 + far * 0.25);
        } else {
            self.read(plane, y, range, near);
        }
        if self.half_width {
            let last = near.len() - 1;
            for (index, pair) in target.chunks_mut(2).enumerate() {
                let here = near[index] * 0.75;
                pair[0] = here + near[index.saturating_sub(1)] * 0.25;
                if let Some(right) = pair.get_mut(1) {
                    *right = here + near[(index + 1).min(last)] * 0.25;
                }
            }
        } else {
            target.copy_from_slice(near);
        }
    }

    /// One row of samples, brought to 0..=255 (luma) or around 0 (chroma).
    fn read(&self, plane: Plane<'_>, y: usize, range: Scale, target: &mut [f32]) {
        let row = &plane.bytes[y * plane.stride..];
        if self.depth > 8 {
            let samples = row.as_chunks::<2>().0;
            target.iter_mut().zip(samples).for_each(|(to, from)| *to = range.apply(u16::from_ne_bytes(*from).into()));
        } else {
            target.iter_mut().zip(row).for_each(|(to, &from)| *to = range.apply(from.into()));
        }
    }

    fn chroma_columns(&self) -> usize {
        let columns = self.width as usize;
        if self.half_width { columns.div_ceil(2) } else { columns }
    }

    fn luma_range(&self) -> Scale {
        match self.colors.full_range {
            true => Scale { zero: 0.0, scale: 255.0 / self.max() },
            false => Scale { zero: 16.0 * self.unit(), scale: 255.0 / (219.0 * self.unit()) },
        }
    }

    fn chroma_range(&self) -> Scale {
        let zero = 128.0 * self.unit();
        match self.colors.full_range {
            true => Scale { zero, scale: 255.0 / self.max() },
            false => Scale { zero, scale: 255.0 / (224.0 * self.unit()) },
        }
    }

    /// What 1 of 8 bits is in this depth.
    fn unit(&self) -> f32 {
        f32::from(1_u16 << (self.depth - 8))
    }

    fn max(&self) -> f32 {
        ((1_u32 << self.depth) - 1) as f32
    }
}

/// Rows of chroma samples before they are widened.
struct Chroma {
    near: Vec<f32>,
    far: Vec<f32>,
}

impl Chroma {
    fn new(columns: usize) -> Self {
        Self { near: vec![0.0; columns], far: vec![0.0; columns] }
    }
}

/// How samples are brought to bytes.
#[derive(Clone, Copy)]
struct Scale {
    zero: f32,
    scale: f32,
}

impl Scale {
    fn apply(self, sample: f32) -> f32 {
        (sample - self.zero) * self.scale
    }
}

/// Matrix coefficients (ITU-T H.273, table 4).
enum Matrix {
    /// The planes are green, blue and red.
    None,
    /// Luma is made of so much red and so much blue.
    Weights { red: f32, blue: f32 },
    /// YCgCo.
    GreenOrange,
}

impl Matrix {
    fn of(code: u8) -> Self {
        let (red, blue) = match code {
            0 => return Self::None,
            8 => return Self::GreenOrange,
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            7 => (0.212, 0.087),
            9 | 10 => (0.2627, 0.0593),
            // 5 and 6 are BT.601, which is also what files that do not say are made with.
            _ => (0.299, 0.114),
        };
        Self::Weights { red, blue }
    }

    fn apply(&self, luma: &[f32], blue: &[f32], red: &[f32], row: &mut [[u8; 3]]) {
        let samples = luma.iter().zip(blue).zip(red);
        match *self {
            Self::None => {
                for (pixel, ((&g, &b), &r)) in row.iter_mut().zip(samples) {
                    *pixel = [to_byte(r), to_byte(g), to_byte(b)];
                }
            }
            Self::GreenOrange => {
                for (pixel, ((&y, &green), &orange)) in row.iter_mut().zip(samples) {
                    let rest = y - green;
                    *pixel = [to_byte(rest + orange), to_byte(y + green), to_byte(rest - orange)];
                }
            }
            Self::Weights { red: kr, blue: kb } => {
                let kg = 1.0 - kr - kb;
                let (from_red, from_blue) = (2.0 * (1.0 - kr), 2.0 * (1.0 - kb));
                let (green_red, green_blue) = (from_red * kr / kg, from_blue * kb / kg);
                for (pixel, ((&y, &cb), &cr)) in row.iter_mut().zip(samples) {
                    let green = y - green_red * cr - green_blue * cb;
                    *pixel = [to_byte(y + from_red * cr), to_byte(green), to_byte(y + from_blue * cb)];
                }
            }
        }
    }
}

/// `as` clamps.
fn to_byte(value: f32) -> u8 {
    (value + 0.5) as u8
}
