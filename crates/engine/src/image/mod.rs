//! Pictures: one decode, every preset.
//!
//! [`pipeline`] is the list of steps; each step is a file here, and each format's reader is a file in `formats`.

mod animate;
mod av1;
mod canvas;
mod coefficients;
mod color;
mod decoded;
mod encode_animation;
mod encode_avif;
mod encode_jpeg;
mod encode_png;
mod encode_webp;
mod exif;
mod fit;
mod flatten;
mod glance;
mod hdr;
mod header;
mod hevc;
mod hevc_grid;
mod imagers;
mod isobmff;
mod libjpeg;
mod libwebp;
mod orient;
mod pipeline;
mod raster;
mod resize;
mod strips;
mod threads;
mod yuv;

pub use animate::Animation;
pub use av1::{Av1Picture, decode as decode_av1};
pub use canvas::place;
pub use color::Profile;
pub use decoded::{Layout, Picture, PixelSource, Pixels, Rows};
pub use exif::orientation_of;
pub use fit::Size;
pub use header::{Decoding, Header};
pub use hevc::HevcPlanes;
pub use hevc_grid::HevcGrid;
pub use imagers::{gray_alpha_to_rgba, imagers_decode, imagers_header};
pub use isobmff::{Colors, Crop, Heif, Named, box_of, has_brand};
pub use libjpeg::{Jpeg, JpegRows};
pub use libwebp::{WebpPlanes, webp_decode, webp_features};
pub use orient::Orientation;
pub use pipeline::{Codec, make_drawn, make_presets};
pub use raster::{GrayPage, luma};
pub use threads::stay_on_this_thread;
pub use yuv::{FrameRows, Planes};
