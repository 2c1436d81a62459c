//! Encoders, one for each format that presets are made in.

pub mod animation;
pub mod avif;
pub mod jpeg;
pub mod png;
pub mod webp;
