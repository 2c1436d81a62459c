//! HEIC: single pictures and grids of tiles, decoded tile by tile.

mod grid;
mod planes;
mod reader;

pub use reader::FORMAT;
