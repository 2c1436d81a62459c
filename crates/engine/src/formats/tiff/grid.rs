//! Where the strips or tiles of a page are, and which pixels each has.

use super::directory::Directory;
use super::refusals::{damaged, too_large, unsupported};
use crate::Error;
use crate::image::Size;
use std::ops::Range;

/// Bytes of the samples of one strip or tile.
const CHUNK_BYTES: u64 = 400 << 20;

/// The strips or tiles of a page.
pub struct Grid {
    /// Of the picture.
    pub size: Size,
    /// Of each strip or tile, but for the last strip and for tiles at the edges, which stick out.
    pub chunk: Size,
    /// Strips are as wide as the picture, and the last is not filled up.
    pub tiles: bool,
    /// Samples of one kind are together: first all reds, then all greens.
    pub planes: usize,
    starts: Vec<u64>,
    /// As far as the file says them.
    lengths: Vec<u64>,
    file: usize,
}

impl Grid {
    pub fn of(directory: &Directory<'_>, samples: usize) -> Result<Self, Error> {
        let side = |tag: u16| directory.unsigned(tag).and_then(|side| u32::try_from(side).ok());
        let (Some(width), Some(height)) = (side(256), side(257)) else { return Err(damaged()) };
        let size = Size { width, height };
        let tiles = directory.has(322) && directory.has(323);
        let chunk = if tiles {
            let (Some(width), Some(height)) = (side(322), side(323)) else { return Err(damaged()) };
            Size { width, height }
        } else {
            let rows = side(278).filter(|&rows| rows > 0).unwrap_or(height);
            Size { width, height: rows.min(height) }
        };
        if size.pixels() == 0 || chunk.pixels() == 0 {
            return Err(damaged());
        }
        let planes = if directory.unsigned(284) == Some(2) && samples > 1 { samples } else { 1 };
        // Many writers mix the tags up, and every reader forgives it.
        let of_one = |one: u16, other: u16| {
            let found = directory.unsigneds(one);
            if found.is_empty() { directory.unsigneds(other) } else { found }
        };
        let (starts, lengths) =
            if tiles { (of_one(324, 273), of_one(325, 279)) } else { (of_one(273, 324), of_one(279, 325)) };
        // Or nothing but where the whole JPEG is, in JPEG as it was.
        let (starts, lengths) = match starts.is_empty() {
            true => (directory.unsigneds(513), directory.unsigneds(514)),
            false => (starts, lengths),
        };
        let grid = Self { size, chunk, tiles, planes, starts, lengths, file: directory.file().len() };
        if grid.starts.is_empty() {
            return Err(unsupported("a picture that says not where its pixels are"));
        }
        Ok(grid)
    }

    /// Refuses strips and tiles that would not fit into memory.
    pub fn check(&self, bits_of_a_pixel: u64) -> Result<(), Error> {
        let bytes = self.chunk.pixels().checked_mul(bits_of_a_pixel).map(|bits| bits / 8);
        if bytes.is_none_or(|bytes| bytes > CHUNK_BYTES) { Err(too_large()) } else { Ok(()) }
    }

    /// All of the page is to be taken for one.
    pub fn make_one_chunk(&mut self) {
        (self.chunk, self.tiles, self.planes) = (self.size, false, 1);
    }

    /// Strips or tiles beside each other.
    pub fn columns(&self) -> u32 {
        self.size.width.div_ceil(self.chunk.width)
    }

    /// Strips or tiles below each other.
    pub fn bands(&self) -> u32 {
        self.size.height.div_ceil(self.chunk.height)
    }

    /// Rows of the picture in such a row of strips or tiles.
    pub fn rows_of_band(&self, band: u32) -> u32 {
        self.chunk.height.min(self.size.height - band * self.chunk.height)
    }

    /// Rows that are stored of it: those of a tile stick out.
    pub fn stored_rows(&self, band: u32) -> u32 {
        if self.tiles { self.chunk.height } else { self.rows_of_band(band) }
    }

    /// How many strips or tiles there should be in all.
    pub fn chunks(&self) -> usize {
        (self.columns() as usize * self.bands() as usize).saturating_mul(self.planes)
    }

    /// The number of a strip or tile.
    pub fn index(&self, plane: usize, band: u32, column: u32) -> usize {
        (plane * self.bands() as usize + band as usize) * self.columns() as usize + column as usize
    }

    /// Where a strip or tile is in the file, if it is there, as far as the file says it.
    pub fn place(&self, index: usize) -> Option<Range<usize>> {
        let start = usize::try_from(*self.starts.get(index)?).ok().filter(|&start| start < self.file)?;
        let length = self.lengths.get(index).copied().filter(|&length| length > 0);
        let end = match length.and_then(|length| usize::try_from(length).ok()) {
            Some(length) => start.saturating_add(length).min(self.file),
            None => self.rest(index)?.end,
        };
        Some(start..end)
    }

    /// All there is until the next one, for when the file says too little.
    pub fn rest(&self, index: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(index)?;
        let next = self.starts.get(index + 1).copied().filter(|&next| next > start);
        let end = next.and_then(|next| usize::try_from(next).ok()).unwrap_or(self.file).min(self.file);
        let start = usize::try_from(start).ok()?;
        (start < end).then_some(start..end)
    }

    /// The strips as places, in order.
    pub fn places(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        (0..self.starts.len()).filter_map(|index| self.place(index))
    }
}
