//! Bitmaps of Windows and OS/2: what their headers say, rows as they are and rows in runs.

mod header;
mod pixels;
mod reader;
mod runs;

pub use reader::FORMAT;
