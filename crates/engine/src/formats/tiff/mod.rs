//! TIFF: what its entries say, its colours, and its strips and tiles.

mod colors;
mod decoder;
mod entries;
mod luma;
mod reader;
mod samples;
mod strips;

pub use reader::FORMAT;
