//! Resizing while decoding: rows go through a small buffer, are made fewer at once, and what is left of them waits in a
//! second buffer until it is worth making its columns fewer too. Whatever its size, no picture is ever in memory as a
//! whole, and both buffers stay in the processor's caches.

use super::{Layout, Pixels, Rows, Size, lanczos};
use crate::Error;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{MulDiv, Resizer};
use std::ops::Range;

/// How far Lanczos3 looks to each side, in pixels of the smaller picture.
const SUPPORT: f64 = 3.0;
/// Rows decoded in one go.
const READ: usize = 16;
/// Rows that one call of the resizer should use up; each call computes its weights anew.
const USED: f64 = 32.0;
/// Bytes of full-width rows that wait to be made narrower. This too computes its weights anew each time, and they are
/// many.
const WAITING: usize = 4 << 20;

/// Every row of the picture at each of these sizes, and the share of its rows that could be read.
pub fn reduce(
    mut rows: Box<dyn Rows>,
    (width, height): (f64, f64),
    sizes: &[Size],
) -> Result<(Vec<Pixels>, f64), Error> {
    if sizes.iter().all(|&size| size == rows.size() && (width, height) == size.exact()) {
        return whole(rows.as_mut(), sizes.len());
    }
    let mut window = Window::new(rows.size(), rows.layout());
    let mut targets: Vec<Target> = sizes.iter().map(|&size| Target::new(size, (width, height), &window)).collect();
    let mut resizer = Resizer::new();
    while targets.iter().any(|target| !target.is_done()) {
        let oldest = targets.iter().filter(|target| !target.is_done()).map(|target| target.wants(&window).start).min();
        window.forget_before(oldest.unwrap_or(0));
        window.read(rows.as_mut())?;
        for target in &mut targets {
            target.take(&window, &mut resizer)?;
        }
    }
    Ok((targets.into_iter().map(Target::finish).collect::<Result<_, _>>()?, share_read(rows.as_ref())))
}

/// The picture as it is, so many times.
fn whole(rows: &mut dyn Rows, times: usize) -> Result<(Vec<Pixels>, f64), Error> {
    let mut pixels = Pixels::blank(rows.size(), rows.layout());
    rows.read(&mut pixels.data)?;
    Ok((vec![pixels; times], share_read(rows)))
}

fn share_read(rows: &dyn Rows) -> f64 {
    rows.damaged_from().map_or(1.0, |row| f64::from(row) / f64::from(rows.size().height))
}

/// The rows that are decoded and still needed.
struct Window {
    size: Size,
    layout: Layout,
    row_bytes: usize,
    data: Vec<u8>,
    /// Numbers of the rows in `data`.
    rows: Range<usize>,
}

impl Window {
    fn new(size: Size, layout: Layout) -> Self {
        Self { size, layout, row_bytes: size.width as usize * layout.channels(), data: vec![], rows: 0..0 }
    }

    fn forget_before(&mut self, row: usize) {
        let forgotten = row.min(self.rows.end) - self.rows.start;
        self.data.drain(..forgotten * self.row_bytes);
        self.rows.start += forgotten;
    }

    fn read(&mut self, rows: &mut dyn Rows) -> Result<(), Error> {
        let more = READ.min(self.size.height as usize - self.rows.end);
        let filled = self.data.len();
        self.data.resize(filled + more * self.row_bytes, 0);
        let fresh = &mut self.data[filled..];
        rows.read(fresh)?;
        if self.layout == Layout::Rgba && more > 0 {
            let mut fresh = Image::from_slice_u8(self.size.width, more as u32, fresh, lanczos::pixel_type(self.layout))
                .map_err(lanczos::wrong_buffer)?;
            MulDiv::new().multiply_alpha_inplace(&mut fresh).map_err(lanczos::wrong_buffer)?;
        }
        self.rows.end += more;
        Ok(())
    }

    fn is_whole(&self) -> bool {
        self.rows.end == self.size.height as usize
    }
}

/// One size in the making.
struct Target {
    made: Pixels,
    /// Rows and columns of the picture that become one.
    scale: f64,
    /// The columns that the picture covers, and those there are.
    extent: f64,
    width: u32,
    /// Full-width rows that wait, and how many are made narrower already.
    waiting: Vec<u8>,
    narrowed: u32,
}

impl Target {
    fn new(size: Size, (width, height): (f64, f64), window: &Window) -> Self {
        Self {
            made: Pixels::blank(size, window.layout),
            scale: height / f64::from(size.height),
            extent: width,
            width: window.size.width,
            waiting: vec![],
            narrowed: 0,
        }
    }

    /// Rows that are made, narrow or not.
    fn done(&self) -> u32 {
        self.narrowed + self.waiting_rows()
    }

    fn waiting_rows(&self) -> u32 {
        (self.waiting.len() / (self.width as usize * self.made.layout.channels())) as u32
    }

    fn is_done(&self) -> bool {
        self.narrowed == self.made.height
    }

    /// The rows made by the next call of the resizer.
    fn batch(&self) -> u32 {
        ((USED / self.scale) as u32).clamp(1, self.made.height - self.done())
    }

    /// The rows of the picture that the next batch is made of.
    fn wants(&self, window: &Window) -> Range<usize> {
        let reach = SUPPORT * self.scale.max(1.0) + 1.0;
        let start = (f64::from(self.done()) * self.scale - reach).max(0.0);
        let end = f64::from(self.done() + self.batch()) * self.scale + reach;
        start as usize..(end.ceil() as usize).min(window.size.height as usize)
    }

    /// Makes the rows for which everything is there.
    fn take(&mut self, window: &Window, resizer: &mut Resizer) -> Result<(), Error> {
        while !self.is_done() && (window.is_whole() || self.wants(window).end <= window.rows.end) {
            self.take_batch(window, resizer)?;
            if self.waiting.len() >= WAITING || self.done() == self.made.height {
                self.narrow(resizer)?;
            }
        }
        Ok(())
    }

    fn take_batch(&mut self, window: &Window, resizer: &mut Resizer) -> Result<(), Error> {
        let (wants, batch, kind) = (self.wants(window), self.batch(), lanczos::pixel_type(self.made.layout));
        let top = f64::from(self.done()) * self.scale - wants.start as f64;
        let row_bytes = window.row_bytes;
        let from = (wants.start - window.rows.start) * row_bytes..(wants.end - window.rows.start) * row_bytes;
        let source =
            ImageRef::new(self.width, wants.len() as u32, &window.data[from], kind).map_err(lanczos::wrong_buffer)?;
        let filled = self.waiting.len();
        self.waiting.resize(filled + row_bytes * batch as usize, 0);
        let mut rows = Image::from_slice_u8(self.width, batch, &mut self.waiting[filled..], kind)
            .map_err(lanczos::wrong_buffer)?;
        // Sums of fractions may end a hair below the last row.
        let height = (f64::from(batch) * self.scale).min(wants.len() as f64 - top);
        let options = lanczos::options().crop(0.0, top, f64::from(self.width), height);
        resizer.resize(&source, &mut rows, &options).map_err(lanczos::wrong_buffer)
    }

    /// Makes the columns of what waits fewer.
    fn narrow(&mut self, resizer: &mut Resizer) -> Result<(), Error> {
        let (rows, kind, row_bytes) =
            (self.waiting_rows(), lanczos::pixel_type(self.made.layout), self.made.row_bytes());
        let source = ImageRef::new(self.width, rows, &self.waiting, kind).map_err(lanczos::wrong_buffer)?;
        let band = self.narrowed as usize * row_bytes..(self.narrowed + rows) as usize * row_bytes;
        let band = &mut self.made.data[band];
        let mut target = Image::from_slice_u8(self.made.width, rows, band, kind).map_err(lanczos::wrong_buffer)?;
        let options = lanczos::options().crop(0.0, 0.0, self.extent, f64::from(rows));
        resizer.resize(&source, &mut target, &options).map_err(lanczos::wrong_buffer)?;
        if self.made.layout == Layout::Rgba {
            MulDiv::new().divide_alpha_inplace(&mut target).map_err(lanczos::wrong_buffer)?;
        }
        self.narrowed += rows;
        self.waiting.clear();
        Ok(())
    }

    fn finish(self) -> Result<Pixels, Error> {
        if self.is_done() { Ok(self.made) } else { Err(lanczos::wrong_buffer("rows are missing")) }
    }
}
