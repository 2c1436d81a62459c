//! HEIC photos that are a grid of tiles, as phones take them: decoded one row of tiles after another, so that a photo of 48
//! megapixels is never in memory as a whole.

use super::planes::HevcPlanes;
use crate::Error;
use crate::containers::isobmff::{Heif, Named};
use crate::image::color::yuv::Planes;
use crate::image::{Layout, Rows, Size, stay_on_this_thread};
use heic_decoder::{DecodeOptions, HeifError};
use std::ops::Range;

/// The rows of a grid.
pub struct HevcGrid {
    tiles: Tiles,
    size: Size,
    layout: Layout,
    strip: Strip,
    next: usize,
    damaged_from: Option<u32>,
}

/// The tiles, and how they are decoded.
struct Tiles {
    /// The whole file, of which the decoder takes whatever item is called the primary one.
    file: Vec<u8>,
    /// Where its number stands.
    primary: Range<usize>,
    parts: Vec<Part>,
    columns: usize,
    /// What the file says of the samples' meaning, for the grid as a whole.
    said: Option<Named>,
}

/// One tile.
struct Part {
    id: u32,
    /// Encoders fill their blocks up, and the container says how much of a tile is meant.
    meant: Option<Size>,
    complete: bool,
}

/// One row of tiles, decoded; `None` where it is damaged.
struct Strip {
    planes: Option<HevcPlanes>,
    rows: Range<usize>,
}

impl HevcGrid {
    /// True when the file's picture is a grid that can be read here.
    pub fn is_in(heif: &Heif<'_>) -> bool {
        let Some((rows, columns)) = heif.grid(heif.primary) else { return false };
        let parts = heif.parts(heif.primary);
        parts.len() == rows * columns && parts.iter().all(|&part| heif.kind(part) == Some(*b"hvc1"))
    }

    /// The grid of that file, and what its colours mean.
    pub fn of(file: Vec<u8>, size: Size) -> Result<(Self, Named), Error> {
        stay_on_this_thread();
        let heif = Heif::parse(&file)?;
        let (_, columns) = heif.grid(heif.primary).ok_or_else(damaged)?;
        let part = |&id: &u32| Part { id, meant: heif.size(id), complete: heif.is_complete(id) };
        let parts = heif.parts(heif.primary).iter().map(part).collect();
        let (primary, said) = (heif.primary_id_range(), Named::find(&heif, heif.primary));
        let mut tiles = Tiles { file, primary, parts, columns, said };
        let strip = tiles.strip(0, 0, size)?;
        // The first row says how high the others are; a picture without it is none.
        let planes = strip.planes.as_ref().ok_or_else(damaged)?;
        let (layout, colors) = (planes.frame()?.layout(), planes.colors());
        Ok((Self { tiles, size, layout, strip, next: 0, damaged_from: None }, colors))
    }
}

impl Rows for HevcGrid {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        let row_bytes = self.size.width as usize * self.layout.channels();
        let mut rest = rows;
        while !rest.is_empty() {
            if self.next == self.strip.rows.end {
                let height = self.strip.rows.len();
                // Never two at a time.
                self.strip.planes = None;
                self.strip = self.tiles.strip(self.next / height, self.next, self.size)?;
                if self.strip.planes.is_none() && self.damaged_from.is_none() {
                    self.damaged_from = Some(self.next as u32);
                }
            }
            let count = (rest.len() / row_bytes).min(self.strip.rows.end - self.next);
            let (now, later) = rest.split_at_mut(count * row_bytes);
            self.strip.fill(self.next..self.next + count, self.layout, now)?;
            self.next += count;
            rest = later;
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        self.damaged_from
    }
}

impl Tiles {
    /// The row of tiles with that number, whose top is at `top`. When one of them is damaged all of them are left out, but
    /// for the first row, without which there is nothing.
    fn strip(&mut self, number: usize, top: usize, size: Size) -> Result<Strip, Error> {
        let (width, left) = (size.width as usize, size.height as usize - top);
        let first = number * self.columns;
        let mut strip: Option<HevcPlanes> = None;
        let mut tile_width = 0;
        for column in 0..self.columns {
            let tile = match self.tile(first + column) {
                Ok(tile) => tile,
                Err(error) if top == 0 => return Err(error),
                Err(_) => return Ok(Strip { planes: None, rows: top..top + self.height(first)?.min(left) }),
            };
            let (coded_width, coded_height) = tile.size();
            let whole = strip.get_or_insert_with(|| {
                let meant = self.parts[first].meant;
                let side =
                    |coded: usize, meant: Option<u32>| meant.map_or(coded, |side| coded.min(side as usize).max(1));
                tile_width = side(coded_width, meant.map(|size| size.width));
                tile.blank(width, side(coded_height, meant.map(|size| size.height)).min(left))
            });
            whole.paste(&tile, column * tile_width)?;
        }
        let planes = strip.ok_or_else(damaged)?;
        let rows = top..top + planes.size().1;
        Ok(Strip { planes: Some(planes), rows })
    }

    fn tile(&mut self, index: usize) -> Result<HevcPlanes, Error> {
        let part = self.parts.get(index).filter(|part| part.complete).ok_or_else(damaged)?;
        let id = part.id.to_be_bytes();
        let id_bytes = self.file.get_mut(self.primary.clone()).ok_or_else(damaged)?;
        id_bytes.copy_from_slice(&id[id.len() - id_bytes.len()..]);
        let decoded: Result<_, HeifError> =
            heic_decoder::decode_with(&self.file, &DecodeOptions { apply_transforms: false });
        HevcPlanes::of(decoded?, self.said)
    }

    fn height(&self, index: usize) -> Result<usize, Error> {
        let meant = self.parts.get(index).and_then(|part| part.meant);
        meant.filter(|size| size.height > 0).map(|size| size.height as usize).ok_or_else(damaged)
    }
}

impl Strip {
    /// These rows of the picture as pixels; white where they are damaged.
    fn fill(&self, rows: Range<usize>, layout: Layout, target: &mut [u8]) -> Result<(), Error> {
        match &self.planes {
            Some(planes) => {
                let frame = planes.frame()?;
                // Every row of tiles is of one kind, or it is damaged.
                if frame.layout() != layout {
                    return Err(damaged());
                }
                frame.fill(rows.start - self.rows.start..rows.end - self.rows.start, target);
            }
            None => target.fill(255),
        }
        Ok(())
    }
}

fn damaged() -> Error {
    Error::malformed("The HEIC's grid is damaged or cut off.")
}
