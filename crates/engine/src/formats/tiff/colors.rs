//! What the samples of a TIFF's pixels mean, and the pixels that are made of them.

use super::compression::Compression;
use super::directory::Directory;
use super::lab::Lab;
use super::luma::Luma;
use super::refusals::{damaged, unsupported};
use crate::Error;
use crate::image::{Layout, Pixels, Size};

/// An extra sample that the colours are multiplied by, and one that they are not.
const ASSOCIATED: u64 = 1;
const UNASSOCIATED: u64 = 2;

/// The samples of a pixel.
pub struct Colors {
    kind: Kind,
    /// How many there are, with those that are no colour.
    pub samples: usize,
    /// Which of them is the opacity.
    pub alpha: Option<usize>,
    /// The colours are multiplied by it.
    premultiplied: bool,
}

#[derive(PartialEq)]
enum Kind {
    BlackIsZero,
    Inks,
    Lab(Lab),
    Luma(Luma),
    Palette,
    Rgb,
    WhiteIsZero,
}

impl Colors {
    /// What the file says of them.
    pub fn of(directory: &Directory<'_>, compression: Compression) -> Result<Self, Error> {
        let samples = directory.unsigned(277).unwrap_or(match directory.unsigned(262) {
            Some(6) if compression == Compression::OldJpeg => 3,
            _ => 1,
        });
        let samples = usize::try_from(samples).ok().filter(|samples| (1..=MAX_SAMPLES).contains(samples));
        let samples = samples.ok_or_else(|| unsupported("pixels of that many samples"))?;
        let kind = Kind::of(directory, compression, samples)?;
        let others = samples.checked_sub(kind.samples()).ok_or_else(|| unsupported("pixels of too few samples"))?;
        let declared = directory.unsigneds(338);
        let named = declared.iter().take(others).position(|&extra| matches!(extra, ASSOCIATED | UNASSOCIATED));
        // One that nobody says the meaning of is taken for opacity by libtiff, libvips and ImageMagick, but beside the number
        // of a colour.
        let alpha = named.or((others > 0 && kind != Kind::Palette).then_some(0));
        // A palette's colours are the same wherever they are used.
        let premultiplied =
            alpha.is_some_and(|index| declared.get(index) == Some(&ASSOCIATED)) && kind != Kind::Palette;
        let alpha = alpha.map(|index| kind.samples() + index);
        Ok(Self { kind, samples, alpha, premultiplied })
    }

    /// What they become.
    pub fn layout(&self) -> Layout {
        match (&self.kind, self.alpha) {
            (Kind::Inks, None) => Layout::Cmyk,
            (_, Some(_)) => Layout::Rgba,
            (Kind::BlackIsZero | Kind::WhiteIsZero, None) => Layout::Gray,
            _ => Layout::Rgb,
        }
    }

    /// True when the first sample is the number of a colour.
    pub fn has_palette(&self) -> bool {
        self.kind == Kind::Palette
    }

    /// Chroma that several pixels share, where they do.
    pub fn shared_luma(&self) -> Option<&Luma> {
        match &self.kind {
            Kind::Luma(luma) if luma.shared != (1, 1) => Some(luma),
            _ => None,
        }
    }

    /// True when the opacity of inks is to be brought together with what they look like.
    pub fn are_inks_with_opacity(&self) -> bool {
        self.kind == Kind::Inks && self.alpha.is_some()
    }

    /// Pixels of samples that are bytes. Inks come without their opacity.
    pub fn pixels(&self, mut samples: Vec<u8>) -> Vec<u8> {
        let colors = self.kind.samples();
        match &self.kind {
            Kind::WhiteIsZero => samples.chunks_exact_mut(self.samples).for_each(|pixel| pixel[0] = 255 - pixel[0]),
            Kind::Luma(luma) => samples.chunks_exact_mut(self.samples).for_each(|pixel| luma.make_rgb(pixel)),
            Kind::Lab(lab) => samples.chunks_exact_mut(self.samples).for_each(|pixel| lab.make_rgb(pixel)),
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
            _ if colors == 4 => self.picked(samples, &[0, 1, 2, 3]),
            (Layout::Rgba, Some(alpha)) if colors == 1 => self.picked(samples, &[0, 0, 0, alpha]),
            (Layout::Rgba, Some(alpha)) => self.picked(samples, &[0, 1, 2, alpha]),
            _ => self.picked(samples, &[0, 1, 2, 3][..colors]),
        }
    }

    /// The opacity of inks, for which there is no layout.
    pub fn opacity_of_inks(&self, samples: &[u8], Size { width, height }: Size) -> Option<Pixels> {
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
    pub fn in_palette(&self, palette: &[[u8; 3]], samples: &[u16], bits: u32) -> Vec<u8> {
        let max = (1_u32 << bits.min(16)) - 1;
        let opacity = |sample: u16| (u32::from(sample) * 255 / max) as u8;
        let mut pixels = Vec::with_capacity(samples.len() / self.samples * self.layout().channels());
        for pixel in samples.chunks_exact(self.samples) {
            let index = usize::from(pixel[0]).min(palette.len() - 1);
            pixels.extend(palette[index]);
            pixels.extend(self.alpha.map(|alpha| opacity(pixel[alpha])));
        }
        pixels
    }
}

/// Samples of a pixel that anybody has use for.
const MAX_SAMPLES: usize = 64;

impl Kind {
    fn of(directory: &Directory<'_>, compression: Compression, samples: usize) -> Result<Self, Error> {
        const LOG_LUMINANCE: u64 = 32_844;
        const LOG_LUV: u64 = 32_845;
        const CAMERA: [u64; 2] = [32_803, 34_892];
        let stored = directory.unsigned(262).unwrap_or(match samples {
            1 | 2 if compression.is_fax() => 0,
            1 | 2 => 1,
            _ => 2,
        });
        Ok(match stored {
            0 => Self::WhiteIsZero,
            // A mask is black and white.
            1 | 4 => Self::BlackIsZero,
            2 => Self::Rgb,
            3 => Self::Palette,
            5 if are_usual_inks(directory) => Self::Inks,
            5 => return Err(unsupported("inks that are not cyan, magenta, yellow and black")),
            // Their decoders make colours of it.
            6 if compression.makes_colors(directory) => {
                if samples == 1 {
                    Self::BlackIsZero
                } else {
                    Self::Rgb
                }
            }
            6 => Self::Luma(Luma::of(directory)?),
            8 => Self::Lab(Lab::Cie),
            9 => Self::Lab(Lab::Icc),
            LOG_LUMINANCE if compression == Compression::Luv => Self::BlackIsZero,
            LOG_LUV if compression == Compression::Luv => Self::Rgb,
            other if CAMERA.contains(&other) => return Err(unsupported("what a camera's sensor saw")),
            _ => return Err(unsupported("colours of an unknown kind")),
        })
    }

    /// How many samples a colour has.
    fn samples(&self) -> usize {
        match self {
            Self::BlackIsZero | Self::Palette | Self::WhiteIsZero => 1,
            Self::Lab(_) | Self::Luma(_) | Self::Rgb => 3,
            Self::Inks => 4,
        }
    }
}

/// Inks may be others than cyan, magenta, yellow and black (TIFF 6.0, section 16).
fn are_usual_inks(directory: &Directory<'_>) -> bool {
    const INK_SET: u16 = 332;
    const CMYK: u64 = 1;
    directory.unsigned(INK_SET).is_none_or(|inks| inks == CMYK)
}

/// The colours of a palette: all reds, then all greens, then all blues, of 16 bits each.
pub fn palette(directory: &Directory<'_>, bits: u32) -> Result<Vec<[u8; 3]>, Error> {
    const COLOR_MAP: u16 = 320;
    let map = directory.unsigneds(COLOR_MAP);
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
