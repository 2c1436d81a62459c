//! Pictures: one decode, every preset.
//!
//! [`pipeline`] is the list of steps; each step is a file here, and each format's reader is a file in `formats`.

mod animate;
mod codec;
pub mod color;
mod compositing;
mod decode;
mod encode;
mod exif;
mod fingerprint;
mod geometry;
mod header;
mod lanczos;
mod ocr_page;
mod orientation;
mod paper;
mod picture;
mod pipeline;
mod pixels;
mod resize;
mod show_picture;
mod shown;
mod streaming_resize;
mod threads;

pub use animate::Animation;
pub use codec::{Codec, Pages};
pub use color::profile::Profile;
pub use color::yuv::{FrameRows, Planes};
pub use compositing::onto_canvas;
pub use decode::av1::{Av1Picture, decode as decode_av1};
pub use decode::image_crate::{self, gray_alpha_to_rgba};
pub use decode::libjpeg::{Jpeg, JpegColors, JpegRows};
pub use decode::libwebp::{WebpPlanes, webp_decode, webp_features};
pub use exif::orientation_of;
pub use geometry::{Crop, Orientation, Size};
pub use header::{Decoding, Header};
pub use ocr_page::{GrayPage, luma, make_ocr_page};
pub use paper::flatten;
pub use picture::{Picture, PixelSource, Rows};
pub use pipeline::{make_drawn, make_presets};
pub use pixels::{Layout, Pixels};
pub use show_picture::{put_page, show_picture};
pub use shown::{encode_jpeg, reduced, shown};
pub use threads::stay_on_this_thread;
