//! What is done to pictures, looked at closely: every orientation in every container, golden colours, every format out,
//! animations, and files that are cut off. A program of its own, because presets are known to a whole process.

mod animations;
mod bitmaps;
mod colors;
mod damage;
mod formats_out;
mod kinds;
mod orientations;
mod pages;
mod references;
mod support;
mod tiff_files;
mod tiffs;
