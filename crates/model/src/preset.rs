//! What a preset is: one derived image, described by one row of numbers.

/// An encoded image format that a preset can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// AVIF, alpha kept: the fewest bytes, and by far the most time.
    Avif,
    /// JPEG, progressive, flattened on the preset's background.
    Jpeg,
    /// PNG, alpha kept, without loss: its quality is not looked at.
    Png,
    /// WebP, alpha kept.
    Webp,
}

impl ImageFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Avif, Self::Jpeg, Self::Png, Self::Webp];

    /// The media type of the encoded bytes.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// Its word in a row of presets.
    pub fn name(self) -> &'static str {
        &self.mime()["image/".len()..]
    }

    /// The format of that word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// True when encoded bytes may begin like that.
    pub fn begins(self, head: &[u8; 12]) -> bool {
        match self {
            Self::Avif => &head[4..] == b"ftypavif",
            Self::Jpeg => head.starts_with(&[0xff, 0xd8, 0xff]),
            Self::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Webp => head.starts_with(b"RIFF") && &head[8..] == b"WEBP",
        }
    }
}

/// One derived image: fitted into a box, never enlarged, upright, sRGB, without metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The preset's name, also its artifact's name.
    pub name: &'static str,
    /// Largest width in pixels, after orientation.
    pub max_width: u32,
    /// Largest height in pixels, after orientation.
    pub max_height: u32,
    /// How it fits the box.
    pub fit: Fit,
    /// The format it is written in.
    pub format: ImageFormat,
    /// Quality on the format's usual scale of 1 to 100; what the encoder makes of it is the engine's business.
    pub quality: u8,
    /// How much time is spent on fewer bytes.
    pub effort: Effort,
    /// What transparent pixels lie on where the format has no alpha: red, green and blue.
    pub background: [u8; 3],
    /// What of an animation is shown.
    pub motion: Motion,
}

/// What of an animation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Its first frame.
    Still,
    /// It moves. WebP only; there is none of what does not move.
    Moving,
}

/// How a picture meets its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// All of it is inside.
    Inside,
    /// It fills the box, and what sticks out on two sides is cut off.
    Cover,
}

/// What an encoder is to save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Time.
    Fast,
    /// Bytes: about two per cent of a JPEG's, for two or three times the time.
    Smallest,
    /// Nothing: every pixel stays as it is. WebP only; PNG is always so.
    Lossless,
}
