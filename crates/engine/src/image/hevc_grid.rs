//! HEIC photos that are a grid of tiles, as phones take them: decoded one row of tiles after another, so that a photo of 48
//! megapixels is never in memory as a whole.

use super::{Heif, Layout, Named, Rows, Size, stay_on_this_thread};
use crate::Error;
use heic_decoder::{ColorInfo, DecodeOptions, DecodedImage, HeifError, Metadata};
use std::ops::Range;

/// Rows of luma above and below that the chroma of a row is made of.
const CONTEXT: usize = 2;

/// The rows of a grid.
pub struct HevcGrid<'a> {
    tiles: Tiles<'a>,
    size: Size,
    strip: Strip,
    next: usize,
    damaged_from: Option<u32>,
}

/// The tiles, and how they are decoded.
struct Tiles<'a> {
    heif: Heif<'a>,
    /// The whole file, of which the decoder takes whatever item is called the primary one.
    file: Vec<u8>,
    parts: Vec<u32>,
    columns: usize,
    /// What the file says of the samples' meaning, for the grid as a whole.
    said: Option<ColorInfo>,
    meaning: fn(Option<ColorInfo>) -> ColorInfo,
}

/// One row of tiles, decoded; `None` where it is damaged.
struct Strip {
    image: Option<DecodedImage>,
    rows: Range<usize>,
}

impl<'a> HevcGrid<'a> {
    /// The grid of that file, if its picture is one: `None` for every other kind of picture. `meaning` makes of what the
    /// file says of its samples what they mean, which is the second half of the answer.
    pub fn of(
        bytes: &'a [u8],
        size: Size,
        meaning: fn(Option<ColorInfo>) -> ColorInfo,
    ) -> Result<Option<(Self, ColorInfo)>, Error> {
        let Ok(heif) = Heif::parse(bytes) else { return Ok(None) };
        let Some((rows, columns)) = heif.grid(heif.primary) else { return Ok(None) };
        let parts = heif.parts(heif.primary).to_vec();
        if parts.len() != rows * columns || parts.iter().any(|&part| heif.kind(part) != Some(*b"hvc1")) {
            return Ok(None);
        }
        stay_on_this_thread();
        let said = Named::find(&heif, heif.primary).map(|named| ColorInfo {
            color_primaries: named.primaries.into(),
            transfer_characteristics: named.transfer.into(),
            matrix_coefficients: named.matrix.into(),
            full_range: named.full_range,
        });
        let mut tiles = Tiles { heif, file: bytes.to_vec(), parts, columns, said, meaning };
        let strip = tiles.strip(0, 0, size)?;
        // The first row says how high the others are; a picture without it is none.
        let colors = strip.image.as_ref().and_then(|image| image.color_info).ok_or_else(damaged)?;
        Ok(Some((Self { tiles, size, strip, next: 0, damaged_from: None }, colors)))
    }
}

impl Rows for HevcGrid<'_> {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        Layout::Rgb
    }

    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        let row_bytes = self.size.width as usize * self.layout().channels();
        let mut rest = rows;
        while !rest.is_empty() {
            if self.next == self.strip.rows.end {
                let height = self.strip.rows.len();
                self.strip = self.tiles.strip(self.next / height, self.next, self.size)?;
                if self.strip.image.is_none() && self.damaged_from.is_none() {
                    self.damaged_from = Some(self.next as u32);
                }
            }
            let count = (rest.len() / row_bytes).min(self.strip.rows.end - self.next);
            let (now, later) = rest.split_at_mut(count * row_bytes);
            self.strip.fill(self.next..self.next + count, now)?;
            self.next += count;
            rest = later;
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        self.damaged_from
    }
}

impl Tiles<'_> {
    /// The row of tiles with that number, whose top is at `top`. When one of them is damaged all of them are left out, but
    /// for the first row, without which there is nothing.
    fn strip(&mut self, number: usize, top: usize, size: Size) -> Result<Strip, Error> {
        let (width, left) = (size.width as usize, size.height as usize - top);
        let parts = self.parts.chunks_exact(self.columns).nth(number).ok_or_else(damaged)?.to_vec();
        let mut strip: Option<DecodedImage> = None;
        let mut tile_width = 0;
        for (column, part) in parts.into_iter().enumerate() {
            let tile = match self.tile(part) {
                Ok(tile) => tile,
                Err(error) if top == 0 => return Err(error.into()),
                Err(_) => return Ok(Strip { image: None, rows: top..top + self.height(part)?.min(left) }),
            };
            // Encoders fill their blocks up, and the container says how much of a tile is meant.
            let meant = self.heif.size(part).map_or((tile.width, tile.height), |size| {
                (tile.width.min(size.width as usize).max(1), tile.height.min(size.height as usize).max(1))
            });
            let whole = strip.get_or_insert_with(|| {
                tile_width = meant.0;
                blank(&tile, width, meant.1.min(left))
            });
            paste(whole, &tile, column * tile_width)?;
        }
        let mut image = strip.ok_or_else(damaged)?;
        image.color_info = Some((self.meaning)(self.said.or(image.color_info)));
        let rows = top..top + image.height;
        Ok(Strip { image: Some(image), rows })
    }

    fn tile(&mut self, part: u32) -> Result<DecodedImage, HeifError> {
        if !self.heif.is_complete(part) {
            return Err(HeifError::MalformedBox("the tile is cut off"));
        }
        self.heif.call_primary(&mut self.file, part);
        heic_decoder::decode_with(&self.file, &DecodeOptions { apply_transforms: false })
    }

    fn height(&self, part: u32) -> Result<usize, Error> {
        let size = self.heif.size(part).filter(|size| size.height > 0).ok_or_else(damaged)?;
        Ok(size.height as usize)
    }
}

impl Strip {
    /// These rows of the picture as RGB; white where they are damaged.
    fn fill(&self, rows: Range<usize>, target: &mut [u8]) -> Result<(), Error> {
        let Some(image) = &self.image else {
            target.fill(255);
            return Ok(());
        };
        let (start, end) = (rows.start - self.rows.start, rows.end - self.rows.start);
        // An even row to begin with, so that chroma lies where it did.
        let from = start.saturating_sub(CONTEXT) & !1;
        let part = rows_of(image, from..(end + CONTEXT).min(image.height));
        let pixels = part.to_rgb8()?.data;
        let skipped = (start - from) * image.width * 3;
        target.copy_from_slice(pixels.get(skipped..skipped + target.len()).ok_or_else(damaged)?);
        Ok(())
    }
}

/// A picture of that size and of the kind of the tile.
fn blank(tile: &DecodedImage, width: usize, height: usize) -> DecodedImage {
    let (across, down) = subsampling(tile);
    let (cb_width, cb_height) = match tile.chroma_format_idc {
        0 => (0, 0),
        _ => (width.div_ceil(across), height.div_ceil(down)),
    };
    DecodedImage {
        alpha: None,
        width,
        height,
        cb_width,
        cb_height,
        y: vec![0; width * height],
        cb: vec![0; cb_width * cb_height],
        cr: vec![0; cb_width * cb_height],
        metadata: Metadata::default(),
        ..*tile
    }
}

/// Puts the tile at that column; what sticks out is left out.
fn paste(whole: &mut DecodedImage, tile: &DecodedImage, left: usize) -> Result<(), Error> {
    let kind = |image: &DecodedImage| (image.bit_depth_luma, image.bit_depth_chroma, image.chroma_format_idc);
    if kind(whole) != kind(tile) || tile.height < whole.height {
        return Err(damaged());
    }
    let (across, _) = subsampling(tile);
    copy(&mut whole.y, whole.width, &tile.y, tile.width, left);
    copy(&mut whole.cb, whole.cb_width, &tile.cb, tile.cb_width, left / across);
    copy(&mut whole.cr, whole.cb_width, &tile.cr, tile.cb_width, left / across);
    Ok(())
}

fn copy(target: &mut [i32], target_width: usize, source: &[i32], source_width: usize, left: usize) {
    let columns = source_width.min(target_width.saturating_sub(left));
    if columns > 0 {
        let rows = target.chunks_exact_mut(target_width).zip(source.chunks_exact(source_width));
        rows.for_each(|(to, from)| to[left..left + columns].copy_from_slice(&from[..columns]));
    }
}

/// Those rows; the first is even.
fn rows_of(image: &DecodedImage, rows: Range<usize>) -> DecodedImage {
    let (_, down) = subsampling(image);
    let chroma = match image.chroma_format_idc {
        0 => 0..0,
        _ => rows.start / down..rows.end.div_ceil(down),
    };
    let cut = |plane: &[i32], width: usize, rows: &Range<usize>| plane[rows.start * width..rows.end * width].to_vec();
    DecodedImage {
        alpha: None,
        height: rows.len(),
        cb_height: chroma.len(),
        y: cut(&image.y, image.width, &rows),
        cb: cut(&image.cb, image.cb_width, &chroma),
        cr: cut(&image.cr, image.cb_width, &chroma),
        metadata: Metadata::default(),
        ..*image
    }
}

/// Columns and rows of luma for one of chroma.
fn subsampling(image: &DecodedImage) -> (usize, usize) {
    match image.chroma_format_idc {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    }
}

fn damaged() -> Error {
    Error::malformed("The HEIC's grid is damaged or cut off.")
}
