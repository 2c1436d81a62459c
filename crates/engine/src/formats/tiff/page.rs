//! One page: all that is known of it before its strips and tiles are unpacked.

use super::codecs;
use super::colors::{self, Colors};
use super::compression::Compression;
use super::directory::Directory;
use super::grid::Grid;
use super::predictor::Predictor;
use super::refusals::{damaged, unsupported};
use super::samples::{Range, SampleKind, Samples};
use crate::Error;
use crate::image::{JpegColors, Layout, Profile};

/// Entries that are not where the directory says would be taken for missing, and the picture for another.
const WITHOUT_WHICH_IT_IS_ANOTHER: &[u16] =
    &[256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 317, 320, 322, 323, 332, 338, 339, 347, 529, 530, 532];

/// A page, ready to be unpacked.
pub struct Page {
    pub grid: Grid,
    pub(super) colors: Colors,
    pub(super) samples: Samples,
    pub(super) range: Range,
    pub(super) compression: Compression,
    pub(super) predictor: Predictor,
    /// The lowest bit of a byte comes first, as fax machines send it.
    pub(super) low_bit_first: bool,
    pub(super) little: bool,
    pub(super) group_3: u64,
    pub(super) jpeg_tables: Option<Vec<u8>>,
    pub(super) jpeg_colors: JpegColors,
    /// All of the page, for JPEG as it was.
    pub(super) old_jpeg: Option<Vec<u8>>,
    pub(super) palette: Vec<[u8; 3]>,
    pub(super) icc: Option<Vec<u8>>,
}

impl Page {
    pub fn of(directory: &Directory<'_>) -> Result<Self, Error> {
        directory.check(WITHOUT_WHICH_IT_IS_ANOTHER)?;
        let mut compression = Compression::of(directory)?;
        let colors = Colors::of(directory, compression)?;
        let depths = directory.unsigneds(258);
        let bits = depths.first().copied().unwrap_or(1);
        if depths.iter().take(colors.samples).any(|&depth| depth != bits) {
            return Err(unsupported("samples of different sizes"));
        }
        let bits = u32::try_from(bits).map_err(|_| damaged())?;
        let samples = Samples::of(directory.unsigned(339).unwrap_or(1), bits)?;
        let predictor = match compression.has_differences() {
            true => Predictor::of(directory.unsigned(317).unwrap_or(1))?,
            false => Predictor::None,
        };
        let mut grid = Grid::of(directory, colors.samples)?;
        grid.check(u64::from(bits.max(8)) * colors.samples as u64)?;
        let old_jpeg = match compression {
            // Some writers meant what JPEG is now.
            Compression::OldJpeg if codecs::strips_are_files(directory, &grid) => {
                compression = Compression::Jpeg;
                None
            }
            Compression::OldJpeg => {
                let made = codecs::old_jpeg(directory, &grid, colors.samples).ok_or_else(damaged)?;
                grid.make_one_chunk();
                Some(made)
            }
            _ => None,
        };
        let is_luma = directory.unsigned(262) == Some(6) && compression.makes_colors(directory) && colors.samples >= 3;
        let palette = if colors.has_palette() { colors::palette(directory, bits)? } else { vec![] };
        let page = Self {
            grid,
            samples,
            range: Range::Bits,
            compression,
            predictor,
            low_bit_first: directory.unsigned(266) == Some(2) && !compression.ignores_fill_order(),
            little: directory.is_little(),
            group_3: directory.unsigned(292).unwrap_or(0),
            jpeg_tables: directory.bytes(347).map(<[u8]>::to_vec),
            jpeg_colors: if is_luma { JpegColors::Luma } else { JpegColors::Unknown },
            old_jpeg,
            palette,
            icc: directory.bytes(34_675).map(<[u8]>::to_vec),
            colors,
        };
        page.refuse_what_does_not_fit()?;
        Ok(page)
    }

    /// What is said of a page and cannot be true together, or is not read together.
    fn refuse_what_does_not_fit(&self) -> Result<(), Error> {
        let bits = self.samples.bits;
        let is_byte = bits == 8 && self.samples.kind == SampleKind::Unsigned;
        let in_planes = self.grid.planes > 1;
        let fits = match self.compression {
            Compression::Fax(_) => bits == 1 && self.samples_of_chunk() == 1,
            Compression::Thunder => bits == 4 && self.colors.samples == 1,
            Compression::Next => bits == 2 && self.colors.samples == 1,
            Compression::Luv => matches!(self.colors.samples, 1 | 3) && !in_planes,
            Compression::OldJpeg => is_byte && matches!(self.colors.samples, 1 | 3),
            Compression::Webp => is_byte && matches!(self.colors.samples, 3 | 4) && !in_planes,
            _ => true,
        };
        let shared_fits = self.colors.shared_luma().is_none() || is_byte && !in_planes && self.colors.samples == 3;
        // These decoders make bytes of samples, of which numbers of colours would be no numbers any more.
        let makes_bytes = matches!(self.compression, Compression::Jpeg | Compression::Luv);
        let palette_fits = !self.colors.has_palette()
            || bits <= 16 && self.samples.kind != SampleKind::Float && (bits == 8 || !makes_bytes);
        match fits && shared_fits && palette_fits {
            true => Ok(()),
            false => Err(unsupported("an unusual combination of colours and compression")),
        }
    }

    pub fn has_alpha(&self) -> bool {
        self.colors.alpha.is_some()
    }

    pub fn layout(&self) -> Layout {
        self.colors.layout()
    }

    /// What the colours mean, if the file says so.
    pub fn profile(&self) -> Profile {
        match self.colors.are_inks_with_opacity() {
            true => Profile::srgb(),
            false => Profile::icc(self.icc.as_deref(), self.layout()),
        }
    }

    /// Samples of a pixel that are together in a strip or tile.
    pub(super) fn samples_of_chunk(&self) -> usize {
        if self.grid.planes > 1 { 1 } else { self.colors.samples }
    }
}
