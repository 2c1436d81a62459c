//! The rows of a page, from one row of strips or tiles to the next, so that no more than that is in memory.

use super::chunk::{Chunk, Place};
use super::page::Page;
use super::refusals::damaged;
use crate::Error;
use crate::image::{Layout, Pixels, Rows, Size};
use model::Reason;

/// A page that is being read.
pub struct Bands {
    file: Vec<u8>,
    page: Page,
    band: Vec<u8>,
    used: usize,
    next: u32,
    read: u32,
    damaged_from: Option<u32>,
}

impl Bands {
    pub fn new(file: Vec<u8>, page: Page) -> Self {
        Self { file, page, band: vec![], used: 0, next: 0, read: 0, damaged_from: None }
    }

    /// What is missing is paper; a page of nothing else is no picture.
    fn next_band(&mut self) -> Result<(), Error> {
        let grid = &self.page.grid;
        let size = Size { width: grid.size.width, height: grid.rows_of_band(self.next) };
        let (columns, tiles) = (grid.columns(), grid.tiles);
        let mut there = size.height;
        self.band = vec![];
        for column in 0..columns {
            let chunk = match self.page.chunk(&self.file, Place { band: self.next, column }) {
                Err(Error::Rejected(rejection)) if rejection.reason == Reason::Malformed => Chunk::missing(),
                chunk => chunk?,
            };
            there = there.min(chunk.rows);
            // A strip is the band.
            if tiles {
                self.paste(chunk, column, size)?;
            } else {
                self.band = chunk.pixels.data;
            }
        }
        let (row_bytes, paper) = (size.width as usize * self.page.layout().channels(), self.paper());
        self.band.resize(row_bytes * size.height as usize, paper);
        if there < size.height {
            if self.read == 0 && there == 0 {
                return Err(damaged());
            }
            self.damaged_from.get_or_insert(self.read + there);
            if !tiles {
                self.band[row_bytes * there as usize..].fill(paper);
            }
        }
        (self.used, self.next) = (0, self.next + 1);
        Ok(())
    }

    /// Puts a tile, as far as it is there, at its place.
    fn paste(&mut self, tile: Chunk, column: u32, size: Size) -> Result<(), Error> {
        let layout = self.page.layout();
        let mut data = std::mem::take(&mut self.band);
        if data.is_empty() {
            data = vec![self.paper(); size.pixels() as usize * layout.channels()];
        }
        let mut band = Pixels { width: size.width, height: size.height, layout, data };
        if tile.rows > 0 {
            let Chunk { mut pixels, rows } = tile;
            pixels.data.truncate(rows as usize * pixels.row_bytes());
            pixels.height = rows;
            let left = u64::from(column) * u64::from(self.page.grid.chunk.width);
            band.paste(&pixels, (left, 0))?;
        }
        self.band = band.data;
        Ok(())
    }

    fn paper(&self) -> u8 {
        if self.page.layout() == Layout::Cmyk { 0 } else { 255 }
    }
}

impl Rows for Bands {
    fn size(&self) -> Size {
        self.page.grid.size
    }

    fn layout(&self) -> Layout {
        self.page.layout()
    }

    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        for row in rows.chunks_exact_mut(self.size().width as usize * self.layout().channels()) {
            if self.used == self.band.len() {
                self.next_band()?;
            }
            let stored = self.band.get(self.used..self.used + row.len()).ok_or_else(damaged)?;
            row.copy_from_slice(stored);
            self.used += row.len();
            self.read += 1;
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        self.damaged_from
    }
}
