//! The presets: one row of numbers each.

/// An encoded image format that a preset can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG, progressive, flattened on white.
    Jpeg,
    /// Lossy WebP, alpha kept.
    Webp,
}

impl ImageFormat {
    /// The media type of the encoded bytes.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

/// One derived image: fitted inside a box on both sides, never enlarged, upright, sRGB, without metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The preset's name, also its artifact's name.
    pub name: &'static str,
    /// Largest width in pixels, after orientation.
    pub max_width: u32,
    /// Largest height in pixels, after orientation.
    pub max_height: u32,
    /// The format it is written in.
    pub format: ImageFormat,
    /// Quality on the format's usual scale of 1 to 100; what the encoder makes of it is the engine's business.
    pub quality: u8,
}

/// Every preset. A new one is one more row.
pub static PRESETS: [Preset; 4] = [
    preset("ai-chat", 1920, ImageFormat::Jpeg, 85),
    preset("ai-vision", 2048, ImageFormat::Jpeg, 90),
    preset("preview", 800, ImageFormat::Jpeg, 85),
    preset("thumbnail", 200, ImageFormat::Webp, 80),
];

/// The presets every uploaded image gets without asking.
pub const DEFAULT_PRESETS: [&str; 2] = ["ai-chat", "thumbnail"];

impl Preset {
    /// The preset of that name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }
}

const fn preset(name: &'static str, side: u32, format: ImageFormat, quality: u8) -> Preset {
    Preset { name, max_width: side, max_height: side, format, quality }
}
