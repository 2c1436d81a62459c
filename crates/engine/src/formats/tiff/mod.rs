//! TIFF: its directories, what they say of a page, and the strips and tiles of it.
//!
//! The reader is our own. The `tiff` crate reads less than half of the kinds there are and took several of them wrong
//! without a word. Libtiff would bring its own libjpeg beside ours and leave the meaning of samples to us as well; the
//! methods of compression, which are the larger part of it, are in other crates here already.

mod bands;
mod chunk;
mod codecs;
mod colors;
mod compression;
mod directory;
mod grid;
mod lab;
mod luma;
mod page;
mod predictor;
mod reader;
mod refusals;
mod samples;

pub use reader::FORMAT;
