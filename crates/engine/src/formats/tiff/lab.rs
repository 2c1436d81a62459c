//! Colours by how they look: CIE L*a*b* (TIFF 6.0, section 23, and its two later encodings).

/// How a and b are stored.
#[derive(Clone, Copy, PartialEq)]
pub enum Lab {
    /// As numbers with a sign.
    Cie,
    /// As numbers around the middle.
    Icc,
}

/// White, as libvips and ImageMagick take it: D65, which is sRGB's.
const WHITE: [f32; 3] = [0.950_47, 1.0, 1.088_83];

impl Lab {
    /// Makes red, green and blue of the first three samples of a pixel, each the highest byte of what is stored.
    pub fn make_rgb(self, pixel: &mut [u8]) {
        let side = |byte: u8| match self {
            Self::Cie => f32::from(byte as i8),
            Self::Icc => f32::from(byte) - 128.0,
        };
        let lightness = f32::from(pixel[0]) / 255.0 * 100.0;
        let colors = rgb(lightness, side(pixel[1]), side(pixel[2]));
        pixel[..3].copy_from_slice(&colors);
    }
}

fn rgb(lightness: f32, a: f32, b: f32) -> [u8; 3] {
    let middle = (lightness + 16.0) / 116.0;
    let light = |root: f32| if root > 6.0 / 29.0 { root.powi(3) } else { (root - 16.0 / 116.0) * 108.0 / 841.0 };
    let x = WHITE[0] * light(middle + a / 500.0);
    let y = WHITE[1] * light(middle);
    let z = WHITE[2] * light(middle - b / 200.0);
    let red = 3.240_454 * x - 1.537_139 * y - 0.498_531 * z;
    let green = -0.969_266 * x + 1.876_011 * y + 0.041_556 * z;
    let blue = 0.055_643 * x - 0.204_026 * y + 1.057_225 * z;
    [red, green, blue].map(screen)
}

fn screen(light: f32) -> u8 {
    let code = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    // `as` clamps.
    (code * 255.0).round() as u8
}
