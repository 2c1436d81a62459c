//! What is done to pictures, looked at closely: golden colours, every format out, and animations. A program of its own,
//! because presets are known to a whole process.

mod animations;
mod colors;
mod formats_out;
mod support;
