//! TIFF: what its entries say, its colours, and its strips and tiles.

mod colors;
mod entries;
mod luma;
mod reader;
mod strips;

pub use reader::FORMAT;
