//! Luma and chroma in TIFF (TIFF 6.0, sections 20 and 21), which are JPEG's unless the file says otherwise.

use super::decoder::{Tiff, unsupported};
use crate::Error;
use tiff::decoder::ifd::Value;
use tiff::tags::{CompressionMethod, Tag};

/// How colours are made of luma and chroma.
#[derive(PartialEq)]
pub struct Luma {
    /// The share of red, green and blue in luma.
    shares: [f32; 3],
    /// What is stored for black and for no colour.
    zeros: [f32; 3],
    /// What a step of a stored number is.
    steps: [f32; 3],
}

const JPEG_SHARES: [f32; 3] = [0.299, 0.587, 0.114];
/// Black and white, and no colour and all colour in both chromas.
const JPEG_RANGE: [f32; 6] = [0.0, 255.0, 128.0, 255.0, 128.0, 255.0];

impl Luma {
    /// What the file says of it.
    pub fn of<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>) -> Result<Self, Error> {
        const COEFFICIENTS: Tag = Tag::Unknown(529);
        const REFERENCE_BLACK_WHITE: Tag = Tag::Unknown(532);
        let compression = tiff.find_tag_unsigned(Tag::Compression)?;
        if compression == Some(CompressionMethod::ModernJPEG.to_u16()) {
            // JPEG has chroma of its own size and meaning; libtiff too asks nothing else.
            return Self::new(JPEG_SHARES, JPEG_RANGE);
        }
        let bits: Vec<u8> = tiff.find_tag_unsigned_vec(Tag::BitsPerSample)?.unwrap_or_default();
        let subsampling: Option<Vec<u16>> = tiff.find_tag_unsigned_vec(Tag::ChromaSubsampling)?;
        // Without a word, there is less chroma than luma, and the decoder has no idea of it.
        if subsampling.as_deref() != Some(&[1, 1]) || bits.iter().any(|&bits| bits != 8) {
            return Err(unsupported());
        }
        // Some writers leave zeros there, which say nothing.
        let shares = numbers(tiff, COEFFICIENTS)?.filter(|shares| *shares != [0.0; 3]).unwrap_or(JPEG_SHARES);
        Self::new(shares, numbers(tiff, REFERENCE_BLACK_WHITE)?.unwrap_or(JPEG_RANGE))
    }

    fn new(shares: [f32; 3], range: [f32; 6]) -> Result<Self, Error> {
        let [black, white, no_blue, all_blue, no_red, all_red] = range;
        let steps = [255.0 / (white - black), 127.0 / (all_blue - no_blue), 127.0 / (all_red - no_red)];
        if shares[1] == 0.0 || !steps.iter().chain(&shares).all(|number| number.is_finite()) {
            return Err(unsupported());
        }
        Ok(Self { shares, zeros: [black, no_blue, no_red], steps })
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
}

/// The fractions of an entry, if it is there.
fn numbers<Bytes: AsRef<[u8]>, const COUNT: usize>(
    tiff: &mut Tiff<Bytes>,
    tag: Tag,
) -> Result<Option<[f32; COUNT]>, Error> {
    let number = |value: Value| match value {
        Value::Rational(above, below) => Some(above as f32 / below as f32),
        value => value.into_u32().ok().map(|number| number as f32),
    };
    let Some(value) = tiff.find_tag(tag)? else { return Ok(None) };
    let Value::List(values) = value else { return Err(unsupported()) };
    let numbers: Option<Vec<f32>> = values.into_iter().map(number).collect();
    numbers.and_then(|numbers| numbers.try_into().ok()).map(Some).ok_or_else(unsupported)
}
