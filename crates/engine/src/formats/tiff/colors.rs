//! What the samples of a TIFF's pixels mean, and the pixels that are made of them.

use super::decoder::{Tiff, damaged, unsupported};
use super::luma::Luma;
use crate::Error;
use crate::image::{Layout, Pixels};
use tiff::tags::{ExtraSamples, PhotometricInterpretation, Tag};

/// The samples of a pixel.
pub struct Colors {
    kind: Kind,
    /// How many there are, with those that are no colour.
    pub samples: usize,
    /// Bits of each.
    pub bits: u8,
    /// Which of them is the opacity.
    pub alpha: Option<usize>,
    /// The colours are multiplied by it.
    premultiplied: bool,
}

#[derive(PartialEq)]
enum Kind {
    BlackIsZero,
    Inks,
    Luma(Luma),
    Palette,
    Rgb,
    WhiteIsZero,
}

impl Colors {
    /// What the file says of them.
    pub fn of<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>) -> Result<Self, Error> {
        let kind = Kind::of(tiff)?;
        let samples = usize::from(tiff.find_tag_unsigned::<u16>(Tag::SamplesPerPixel)?.unwrap_or(1));
        let bits: Vec<u8> = tiff.find_tag_unsigned_vec(Tag::BitsPerSample)?.unwrap_or_default();
        let others = samples.checked_sub(kind.samples()).ok_or_else(unsupported)?;
        let declared: Vec<u16> = tiff.find_tag_unsigned_vec(Tag::ExtraSamples)?.unwrap_or_default();
        let associated = ExtraSamples::AssociatedAlpha.to_u16();
        let alpha = match declared.as_slice() {
            [] if others == 0 => None,
            // One that nobody speaks of is taken for opacity by every reader, but beside inks it is one more ink.
            [] if others == 1 => (!matches!(kind, Kind::Inks | Kind::Palette)).then_some(0),
            [] => return Err(unsupported()),
            declared => declared
                .iter()
                .take(others)
                .position(|&extra| extra == associated || extra == ExtraSamples::UnassociatedAlpha.to_u16()),
        };
        // A palette's colours are the same wherever they are used.
        let premultiplied =
            alpha.is_some_and(|index| declared.get(index) == Some(&associated)) && kind != Kind::Palette;
        let alpha = alpha.map(|index| kind.samples() + index);
        Ok(Self { kind, samples, bits: bits.first().copied().unwrap_or(1), alpha, premultiplied })
    }

    /// What they become.
    pub fn layout(&self) -> Layout {
        match (&self.kind, self.alpha) {
            (Kind::Inks, _) => Layout::Cmyk,
            (_, Some(_)) => Layout::Rgba,
            (Kind::BlackIsZero | Kind::WhiteIsZero, None) => Layout::Gray,
            _ => Layout::Rgb,
        }
    }

    /// True when the first sample is the number of a colour.
    pub fn has_palette(&self) -> bool {
        self.kind == Kind::Palette
    }

    /// Pixels of samples that are bytes. Inks come without their opacity.
    pub fn pixels(&self, mut samples: Vec<u8>) -> Vec<u8> {
        let colors = self.kind.samples();
        match &self.kind {
            Kind::WhiteIsZero => samples.chunks_exact_mut(self.samples).for_each(|pixel| pixel[0] = 255 - pixel[0]),
            Kind::Luma(luma) => samples.chunks_exact_mut(self.samples).for_each(|pixel| luma.make_rgb(pixel)),
            _ => {}
        }
        if let Some(alpha) = self.alpha.filter(|_| self.premultiplied) {
            for pixel in samples.chunks_exact_mut(self.samples) {
                let alpha = u32::from(pixel[alpha]);
                let full = |color: u8| ((u32::from(color) * 255 + alpha / 2) / alpha.max(1)).min(255) as u8;
                pixel[..colors].iter_mut().for_each(|color| *color = full(*color));
            }
        }
        match (self.layout(), self.alpha) {
            (Layout::Rgba, Some(alpha)) if colors == 1 => self.picked(samples, &[0, 0, 0, alpha]),
            (Layout::Rgba, Some(alpha)) => self.picked(samples, &[0, 1, 2, alpha]),
            _ => self.picked(samples, &[0, 1, 2, 3][..colors]),
        }
    }

    /// The opacity of inks, for which there is no layout.
    pub fn opacity_of_inks(&self, samples: &[u8], (width, height): (u32, u32)) -> Option<Pixels> {
        let alpha = self.alpha.filter(|_| self.kind == Kind::Inks)?;
        let data = samples.chunks_exact(self.samples).map(|pixel| pixel[alpha]).collect();
        Some(Pixels { width, height, layout: Layout::Gray, data })
    }

    /// Those samples of each pixel.
    fn picked(&self, samples: Vec<u8>, wanted: &[usize]) -> Vec<u8> {
        if wanted.len() == self.samples && wanted.iter().enumerate().all(|(index, &sample)| index == sample) {
            return samples;
        }
        let pixels = samples.chunks_exact(self.samples);
        let mut picked = Vec::with_capacity(pixels.len() * wanted.len());
        pixels.for_each(|pixel| picked.extend(wanted.iter().map(|&sample| pixel[sample])));
        picked
    }

    /// Pixels of samples as they are stored, for colours in a palette.
    pub fn in_palette<Sample: Copy + Into<u16>>(&self, palette: &[[u8; 3]], samples: &[Sample]) -> Vec<u8> {
        let max = (1_u32 << self.bits.min(16)) - 1;
        let opacity = |sample: Sample| (u32::from(sample.into()) * 255 / max) as u8;
        let mut pixels = Vec::with_capacity(samples.len() / self.samples * self.layout().channels());
        for pixel in samples.chunks_exact(self.samples) {
            let index = usize::from(pixel[0].into()).min(palette.len() - 1);
            pixels.extend(palette[index]);
            pixels.extend(self.alpha.map(|alpha| opacity(pixel[alpha])));
        }
        pixels
    }
}

impl Kind {
    fn of<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>) -> Result<Self, Error> {
        let stored = tiff.get_tag_unsigned(Tag::PhotometricInterpretation)?;
        Ok(match PhotometricInterpretation::from_u16(stored).ok_or_else(unsupported)? {
            PhotometricInterpretation::BlackIsZero => Self::BlackIsZero,
            PhotometricInterpretation::CMYK if are_usual_inks(tiff)? => Self::Inks,
            PhotometricInterpretation::RGB => Self::Rgb,
            PhotometricInterpretation::RGBPalette => Self::Palette,
            PhotometricInterpretation::WhiteIsZero => Self::WhiteIsZero,
            PhotometricInterpretation::YCbCr => Self::Luma(Luma::of(tiff)?),
            _ => return Err(unsupported()),
        })
    }

    /// How many samples a colour has.
    fn samples(&self) -> usize {
        match self {
            Self::BlackIsZero | Self::Palette | Self::WhiteIsZero => 1,
            Self::Luma(_) | Self::Rgb => 3,
            Self::Inks => 4,
        }
    }
}

/// Inks may be others than cyan, magenta, yellow and black (TIFF 6.0, section 16).
fn are_usual_inks<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>) -> Result<bool, Error> {
    const INK_SET: Tag = Tag::Unknown(332);
    const CMYK: u16 = 1;
    Ok(tiff.find_tag_unsigned::<u16>(INK_SET)?.is_none_or(|inks| inks == CMYK))
}

/// The colours of a palette: all reds, then all greens, then all blues, of 16 bits each.
pub fn palette<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>, bits: u8) -> Result<Vec<[u8; 3]>, Error> {
    let map = tiff.get_tag_u16_vec(Tag::ColorMap)?;
    let colors = 1_usize << bits.min(16);
    let (Some(reds), Some(greens), Some(blues)) =
        (map.get(..colors), map.get(colors..2 * colors), map.get(2 * colors..3 * colors))
    else {
        return Err(damaged());
    };
    // Many writers, scanners among them, store 8 bits. Libtiff finds them in the same way.
    let shift = if map.iter().all(|&value| value < 256) { 0 } else { 8 };
    let color = |index: usize| [reds[index], greens[index], blues[index]].map(|value| (value >> shift) as u8);
    Ok((0..colors).map(color).collect())
}
