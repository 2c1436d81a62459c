//! How strips and tiles are compressed: bytes in, the bytes of samples out.

mod fax;
mod jpeg;
mod lossless_jpeg;
mod luv;
mod next;
mod old_jpeg;
mod packed;
mod pixar;
mod thunder;

pub use fax::{FaxOptions, fax};
pub use jpeg::{jpeg, with_tables};
pub use lossless_jpeg::{is_lossless, lossless_jpeg};
pub use luv::luv;
pub use next::next;
pub use old_jpeg::{old_jpeg, strips_are_files};
pub use packed::{deflate, lzma, lzw, pack_bits, zstd};
pub use pixar::pixar;
pub use thunder::thunder;
