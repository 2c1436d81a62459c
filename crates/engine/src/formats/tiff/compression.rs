//! How a page is compressed, and with which of the decoders it is unpacked.

use super::directory::Directory;
use super::refusals::unsupported;
use crate::Error;

/// `Compression`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Compression {
    None,
    Deflate,
    /// With its number: they differ.
    Fax(u16),
    Jpeg,
    Lzma,
    Lzw,
    /// SGI's logarithmic light.
    Luv,
    Next,
    OldJpeg,
    PackBits,
    Pixar,
    Thunder,
    Webp,
    Zstd,
}

impl Compression {
    pub fn of(directory: &Directory<'_>) -> Result<Self, Error> {
        Ok(match directory.unsigned(259).unwrap_or(1) {
            0 | 1 => Self::None,
            method @ (2..=4 | 32_771) => Self::Fax(method as u16),
            5 => Self::Lzw,
            6 => Self::OldJpeg,
            7 | 34_892 => Self::Jpeg,
            8 | 32_946 => Self::Deflate,
            32_766 => Self::Next,
            32_773 => Self::PackBits,
            32_809 => Self::Thunder,
            32_909 => Self::Pixar,
            34_676 => Self::Luv,
            34_925 => Self::Lzma,
            34_926 | 50_000 => Self::Zstd,
            34_927 | 50_001 => Self::Webp,
            33_003..=33_005 | 34_712 => return Err(unsupported("JPEG 2000 inside")),
            34_677 => return Err(unsupported("logarithmic light of 24 bits")),
            34_661 => return Err(unsupported("JBIG")),
            34_887 => return Err(unsupported("LERC")),
            50_002 | 52_546 => return Err(unsupported("JPEG XL inside")),
            _ => return Err(unsupported("an unknown way to compress")),
        })
    }

    pub fn is_fax(self) -> bool {
        matches!(self, Self::Fax(_))
    }

    /// Elsewhere `Predictor` means nothing (TIFF 6.0, section 14).
    pub fn has_differences(self) -> bool {
        matches!(self, Self::Deflate | Self::Lzma | Self::Lzw | Self::Zstd)
    }

    /// Luma and chroma come out of it as red, green and blue.
    pub fn makes_colors(self, directory: &Directory<'_>) -> bool {
        let in_planes = directory.unsigned(284) == Some(2);
        matches!(self, Self::Webp | Self::OldJpeg) || self == Self::Jpeg && !in_planes
    }

    /// It has bits of its own order.
    pub fn ignores_fill_order(self) -> bool {
        matches!(self, Self::Jpeg | Self::OldJpeg | Self::Luv | Self::Webp)
    }
}
