//! JPEG in strips and tiles (TIFF Technical Note 2): each a file of its own, of which the tables may stand in the directory.

use crate::Error;
use crate::formats::tiff::refusals::{damaged, unsupported};
use crate::image::{Jpeg, JpegColors, Rows, Size};

/// A strip's or tile's own bytes with the tables of the directory before them.
pub fn with_tables(tables: Option<&[u8]>, bytes: &[u8]) -> Vec<u8> {
    const START: [u8; 2] = [0xff, 0xd8];
    let tables = tables.and_then(|tables| tables.strip_prefix(&START)).unwrap_or_default();
    let tables = tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables);
    [&START[..], tables, bytes.strip_prefix(&START).unwrap_or(bytes)].concat()
}

/// Samples of a byte each, pixel by pixel, of as many rows as there are up to so many.
pub fn jpeg(
    bytes: &[u8],
    colors: JpegColors,
    size: Size,
    samples: usize,
    may_be_wider: bool,
) -> Result<Vec<u8>, Error> {
    let mut jpeg = Jpeg::open(bytes)?;
    jpeg.take_as(colors);
    let mut rows = jpeg.start(8).map_err(|(error, _)| error)?;
    let stored = rows.size();
    let channels = rows.layout().channels();
    // The pixels would be those of one row after another.
    if stored.width != size.width && !(may_be_wider && stored.width > size.width) || channels != samples {
        return Err(unsupported("JPEG of another shape than its picture"));
    }
    let row_bytes = size.width as usize * channels;
    let mut made = Vec::with_capacity(row_bytes * size.height as usize);
    let mut row = vec![0; stored.width as usize * channels];
    for _ in 0..size.height.min(stored.height) {
        if rows.read(&mut row).is_err() {
            break;
        }
        // What is made up is no picture.
        if rows.damaged_from().is_some() {
            break;
        }
        made.extend_from_slice(&row[..row_bytes]);
    }
    if made.is_empty() { Err(damaged()) } else { Ok(made) }
}
