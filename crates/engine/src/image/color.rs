//! Whatever colours a picture is stored in, presets are sRGB.

use super::{Layout, Pixels};
use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, MatrixCoefficients, TransferCharacteristics,
    Transform8BitExecutor, TransformOptions,
};
use std::sync::Arc;

/// What a picture's numbers mean, ready to be converted.
#[derive(Default)]
pub struct Profile(Option<Conversion>);

struct Conversion {
    transform: Arc<Transform8BitExecutor>,
    to: Layout,
}

impl Profile {
    /// sRGB, which is also what pictures without a profile are taken for.
    pub fn srgb() -> Self {
        Self(None)
    }

    /// The profile of an ICC block for pixels of this layout. One that is broken or made for another kind of
    /// pixels is ignored, as browsers do.
    pub fn icc(block: Option<&[u8]>, layout: Layout) -> Self {
        let profile = block.and_then(|block| ColorProfile::new_from_slice(block).ok());
        Self(profile.and_then(|profile| Conversion::new(&profile, layout)))
    }

    /// The profile named by code points of ITU-T H.273, as AVIF, HEIC and PNG have them.
    pub fn cicp(primaries: u8, transfer: u8, layout: Layout) -> Self {
        // 2 is "unspecified", 1/13 is sRGB itself, and 1/1 and 1/6 are video curves that everybody shows as sRGB.
        let (Ok(color_primaries), Ok(transfer_characteristics)) =
            (CicpColorPrimaries::try_from(primaries), TransferCharacteristics::try_from(transfer))
        else {
            return Self::srgb();
        };
        if matches!(primaries, 0..=2) && matches!(transfer, 0..=2 | 6 | 13) {
            return Self::srgb();
        }
        let named = CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        Self(Conversion::new(&ColorProfile::new_from_cicp(named), layout))
    }

    /// The pixels in sRGB (or its grey).
    pub fn to_srgb(&self, pixels: Pixels) -> Pixels {
        match &self.0 {
            Some(conversion) => conversion.apply(&pixels).unwrap_or(pixels),
            None if pixels.layout == Layout::Cmyk => from_plain_inks(&pixels),
            None => pixels,
        }
    }
}

impl Conversion {
    fn new(from: &ColorProfile, layout: Layout) -> Option<Self> {
        let rgb = ColorProfile::new_srgb();
        let (space, target, from_layout, to, to_layout) = match layout {
            Layout::Gray => {
                let mut gray = ColorProfile::new_gray_with_gamma(2.2);
                gray.gray_trc = rgb.red_trc;
                (DataColorSpace::Gray, gray, moxcms::Layout::Gray, Layout::Gray, moxcms::Layout::Gray)
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
        let conversion = Self { transform, to };
        (!conversion.changes_nothing(layout)).then_some(conversion)
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
        let Pixels { width, height, .. } = *pixels;
        let mut data = vec![0; pixels.data.len() / pixels.layout.channels() * self.to.channels()];
        self.transform.transform(&pixels.data, &mut data).ok()?;
        Some(Pixels { width, height, layout: self.to, data })
    }
}

/// Inks without a profile. The plain formula gives colours no press can print; this polynomial approximates US Web
/// Coated (SWOP), which is what such files were made for. Its coefficients are those of pdf.js (Apache-2.0).
fn from_plain_inks(pixels: &Pixels) -> Pixels {
    let mut data = Vec::with_capacity(pixels.data.len() / 4 * 3);
    for inks in pixels.data.as_chunks::<4>().0 {
        let [c, m, y, k] = inks.map(|ink| f32::from(ink) / 255.0);
        let red = c * (-4.387_332_4 * c + 54.486_153 * m + 18.822_905 * y + 212.256_62 * k - 285.233_1)
            + m * (1.714_976_3 * m - 5.609_673_5 * y - 17.873_87 * k - 5.497_006_4)
            + y * (-2.521_734 * y - 21.248_924 * k + 17.511_927)
            + k * (-21.861_221 * k - 189.481_81);
        let green = c * (8.841_042 * c + 60.118_027 * m + 6.871_425_6 * y + 31.159_1 * k - 79.297_08)
            + m * (-15.310_361 * m + 17.575_25 * y + 131.352_51 * k - 190.945_33)
            + y * (4.444_339 * y + 9.863_286 * k - 24.867_416)
            + k * (-20.737_326 * k - 187.804_54);
        let blue = c * (0.884_252_25 * c + 8.078_677 * m + 30.899_782 * y - 0.238_832_39 * k - 14.183_577)
            + m * (10.495_933 * m + 63.023_785 * y + 50.606_957 * k - 112.238_84)
            + y * (0.032_960_41 * y + 115.603_84 * k - 193.582_09)
            + k * (-22.338_168 * k - 180.126_14);
        // `as` clamps to 0..=255.
        data.extend([red, green, blue].map(|light| (255.0 + light).round() as u8));
    }
    Pixels { width: pixels.width, height: pixels.height, layout: Layout::Rgb, data }
}
