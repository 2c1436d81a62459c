//! Decoders that several formats share, or that need a file of their own.

pub mod av1;
pub mod coefficients;
pub mod image_crate;
pub mod libjpeg;
pub mod libjpeg_errors;
pub mod libwebp;
