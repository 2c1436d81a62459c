//! Whatever colours a picture is stored in, presets are sRGB.

use super::hdr;
use crate::image::{Layout, Pixels};
use moxcms::{CicpProfile, ColorProfile, DataColorSpace, MatrixCoefficients, Transform8BitExecutor, TransformOptions};
use std::borrow::Cow;
use std::sync::Arc;

/// What inks without a profile are taken for: CGATS TR 001, which US Web Coated (SWOP) is built on. The file is
/// Saucecontrol's compact profile (CC0).
static PLAIN_INKS: &[u8] = include_bytes!("../../../assets/CGATS001Compat-v2-micro.icc");

/// sRGB's code points (ITU-T H.273).
const SRGB_PRIMARIES: u8 = 1;
const SRGB_TRANSFER: u8 = 13;

/// What a picture's numbers mean, ready to be converted.
#[derive(Default)]
pub struct Profile(Option<Conversion>);

struct Conversion {
    /// High dynamic range brought to what a screen shows, sample by sample, before anything else.
    tone: Option<Box<[u8; 256]>>,
    transform: Arc<Transform8BitExecutor>,
    to: Layout,
}

impl Profile {
    /// sRGB, which is also what pictures without a profile are taken for.
    pub fn srgb() -> Self {
        Self(None)
    }

    /// The profile of an ICC block for pixels of this layout. One that is broken or made for another kind of
    /// pixels is ignored, as browsers do. Pixels of ink must come through here, with or without a block.
    pub fn icc(block: Option<&[u8]>, layout: Layout) -> Self {
        let parse = |block| Conversion::new(&ColorProfile::new_from_slice(block).ok()?, layout);
        let conversion = block.and_then(parse).or_else(|| parse(PLAIN_INKS).filter(|_| layout == Layout::Cmyk));
        Self(conversion.filter(|conversion| !conversion.changes_nothing(layout)))
    }

    /// The profile named by code points of ITU-T H.273, as AVIF, HEIC and PNG have them.
    pub fn cicp(primaries: u8, transfer: u8, layout: Layout) -> Self {
        let tone = hdr::tone_curve(transfer);
        // "Unspecified" means sRGB, everybody shows the curves of video as sRGB's, and `tone` ends there.
        let transfer = if tone.is_some() || matches!(transfer, 0..=2 | 6 | 14 | 15) { SRGB_TRANSFER } else { transfer };
        let primaries = if matches!(primaries, 0 | 2) { SRGB_PRIMARIES } else { primaries };
        let (Ok(color_primaries), Ok(transfer_characteristics)) = (primaries.try_into(), transfer.try_into()) else {
            return Self::srgb();
        };
        let named = CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let profile = match layout {
            // Grey has no primaries.
            Layout::Gray => srgb_gray(),
            _ => ColorProfile::new_from_cicp(named),
        };
        let conversion = Conversion::new(&profile, layout).map(|conversion| Conversion { tone, ..conversion });
        Self(conversion.filter(|conversion| !conversion.changes_nothing(layout)))
    }

    /// The pixels in sRGB (or its grey).
    pub fn to_srgb(&self, pixels: Pixels) -> Pixels {
        match &self.0 {
            Some(conversion) => conversion.apply(&pixels).unwrap_or(pixels),
            None => pixels,
        }
    }
}

impl Conversion {
    fn new(from: &ColorProfile, layout: Layout) -> Option<Self> {
        let rgb = ColorProfile::new_srgb();
        let (space, target, from_layout, to, to_layout) = match layout {
            Layout::Gray => {
                (DataColorSpace::Gray, srgb_gray(), moxcms::Layout::Gray, Layout::Gray, moxcms::Layout::Gray)
            }
            Layout::Rgb => (DataColorSpace::Rgb, rgb, moxcms::Layout::Rgb, Layout::Rgb, moxcms::Layout::Rgb),
            Layout::Rgba => (DataColorSpace::Rgb, rgb, moxcms::Layout::Rgba, Layout::Rgba, moxcms::Layout::Rgba),
            // Four channels of ink go in where otherwise red, green, blue and alpha do.
            Layout::Cmyk => (DataColorSpace::Cmyk, rgb, moxcms::Layout::Rgba, Layout::Rgb, moxcms::Layout::Rgb),
        };
        if from.color_space != space {
            return None;
        }
        let options = TransformOptions { rendering_intent: from.rendering_intent, ..Default::default() };
        let transform = from.create_transform_8bit(from_layout, &target, to_layout, options).ok()?;
        Some(Self { tone: None, transform, to })
    }

    /// Most profiles in the wild are sRGB in one of its hundred spellings; these are recognised by what they do.
    fn changes_nothing(&self, layout: Layout) -> bool {
        if layout != self.to {
            return false;
        }
        let data: Vec<u8> = (0..=255_u8).flat_map(|a| [a, a.wrapping_mul(7), a.wrapping_mul(31), 255]).collect();
        let data = data[..data.len() / 12 * 12].to_vec();
        let width = (data.len() / layout.channels()) as u32;
        let samples = Pixels { width, height: 1, layout, data };
        let after = self.apply(&samples);
        after.is_some_and(|after| after.data.iter().zip(&samples.data).all(|(a, b)| a.abs_diff(*b) <= 1))
    }

    fn apply(&self, pixels: &Pixels) -> Option<Pixels> {
        let from = self.toned(pixels);
        let mut data = vec![0; from.len() / pixels.layout.channels() * self.to.channels()];
        self.transform.transform(&from, &mut data).ok()?;
        Some(Pixels { width: pixels.width, height: pixels.height, layout: self.to, data })
    }

    fn toned<'a>(&self, pixels: &'a Pixels) -> Cow<'a, [u8]> {
        let Some(tone) = &self.tone else { return Cow::Borrowed(&pixels.data) };
        let is_alpha = |index: usize| pixels.layout == Layout::Rgba && index % 4 == 3;
        let sample = |(index, &sample): (usize, &u8)| if is_alpha(index) { sample } else { tone[usize::from(sample)] };
        Cow::Owned(pixels.data.iter().enumerate().map(sample).collect())
    }
}

/// Grey with the curve of sRGB.
fn srgb_gray() -> ColorProfile {
    let mut gray = ColorProfile::new_gray_with_gamma(2.2);
    gray.gray_trc = ColorProfile::new_srgb().red_trc;
    gray
}
