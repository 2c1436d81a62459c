//! What the numbers of pixels mean, and how they become sRGB.

pub mod hdr;
pub mod profile;
pub mod yuv;
