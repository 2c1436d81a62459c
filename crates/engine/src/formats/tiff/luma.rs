//! Luma and chroma in TIFF (TIFF 6.0, sections 20 and 21), which are JPEG's unless the file says otherwise.

use super::directory::Directory;
use super::refusals::unsupported;
use crate::Error;
use crate::image::Size;

/// How colours are made of luma and chroma.
#[derive(PartialEq)]
pub struct Luma {
    /// The share of red, green and blue in luma.
    shares: [f32; 3],
    /// What is stored for black and for no colour.
    zeros: [f32; 3],
    /// What a step of a stored number is.
    steps: [f32; 3],
    /// Pixels beside and below each other that share their chroma.
    pub shared: (u32, u32),
}

const JPEG_SHARES: [f32; 3] = [0.299, 0.587, 0.114];
/// Black and white, and no colour and all colour in both chromas.
const JPEG_RANGE: [f32; 6] = [0.0, 255.0, 128.0, 255.0, 128.0, 255.0];

impl Luma {
    /// What the file says of it. Of a JPEG it says nothing.
    pub fn of(directory: &Directory<'_>) -> Result<Self, Error> {
        const COEFFICIENTS: u16 = 529;
        const SUBSAMPLING: u16 = 530;
        const REFERENCE_BLACK_WHITE: u16 = 532;
        let sides = match directory.unsigneds(SUBSAMPLING).as_slice() {
            [wide, high, ..] => (*wide, *high),
            // Without a word, there is less chroma than luma.
            _ => (2, 2),
        };
        let side = |side: u64| [1, 2, 4].into_iter().find(|&known| u64::from(known) == side);
        let (Some(wide), Some(high)) = (side(sides.0), side(sides.1)) else {
            return Err(unsupported("chroma of an unknown size"));
        };
        // Some writers leave zeros there, which say nothing.
        let shares = numbers(directory, COEFFICIENTS).filter(|shares| *shares != [0.0; 3]).unwrap_or(JPEG_SHARES);
        Self::new(shares, numbers(directory, REFERENCE_BLACK_WHITE).unwrap_or(JPEG_RANGE), (wide, high))
    }

    fn new(shares: [f32; 3], range: [f32; 6], shared: (u32, u32)) -> Result<Self, Error> {
        let [black, white, no_blue, all_blue, no_red, all_red] = range;
        let steps = [255.0 / (white - black), 127.0 / (all_blue - no_blue), 127.0 / (all_red - no_red)];
        if shares[1] == 0.0 || !steps.iter().chain(&shares).all(|number| number.is_finite()) {
            return Err(unsupported("colours of an unknown kind"));
        }
        Ok(Self { shares, zeros: [black, no_blue, no_red], steps, shared })
    }

    /// Makes red, green and blue of the first three samples of a pixel.
    pub fn make_rgb(&self, pixel: &mut [u8]) {
        let [y, cb, cr] =
            std::array::from_fn(|index| (f32::from(pixel[index]) - self.zeros[index]) * self.steps[index]);
        let [red_share, green_share, blue_share] = self.shares;
        let red = y + cr * (2.0 - 2.0 * red_share);
        let blue = y + cb * (2.0 - 2.0 * blue_share);
        let green = (y - red_share * red - blue_share * blue) / green_share;
        // `as` clamps.
        pixel[..3].copy_from_slice(&[red, green, blue].map(|color| (color + 0.5) as u8));
    }

    /// Bytes of the pixels that share their chroma, over a strip or tile of that size.
    pub fn packed_bytes(&self, size: Size) -> usize {
        self.row_of_units(size.width) * size.height.div_ceil(self.shared.1) as usize
    }

    /// Bytes of a row of such pixels.
    pub fn row_of_units(&self, width: u32) -> usize {
        let (wide, high) = self.shared;
        width.div_ceil(wide) as usize * (wide as usize * high as usize + 2)
    }

    /// Three samples for each pixel, of luma for each and of chroma for several, which stand together.
    pub fn spread(&self, packed: &[u8], size: Size) -> Vec<u8> {
        let (wide, high) = (self.shared.0 as usize, self.shared.1 as usize);
        let (width, height) = (size.width as usize, size.height as usize);
        let mut spread = vec![0; width * height * 3];
        let across = width.div_ceil(wide);
        for (index, unit) in packed.chunks_exact(wide * high + 2).enumerate() {
            let (left, top) = (index % across * wide, index / across * high);
            let chroma = [unit[wide * high], unit[wide * high + 1]];
            for (at, &luma) in unit[..wide * high].iter().enumerate() {
                let (x, y) = (left + at % wide, top + at / wide);
                if x < width && y < height {
                    spread[(y * width + x) * 3..][..3].copy_from_slice(&[luma, chroma[0], chroma[1]]);
                }
            }
        }
        spread
    }
}

/// The fractions of an entry, if it is there.
fn numbers<const COUNT: usize>(directory: &Directory<'_>, tag: u16) -> Option<[f32; COUNT]> {
    let numbers: Vec<f32> = directory.reals(tag).into_iter().map(|number| number as f32).collect();
    numbers.get(..COUNT)?.try_into().ok()
}
