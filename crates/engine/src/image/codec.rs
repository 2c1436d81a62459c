//! What a format of pictures must be able to do, for everything else to be done for it.

use super::{Animation, Header, Picture, Size};
use crate::{Error, ReadContext};

/// What is said of a picture's file that is larger than what is read at once.
pub const TOO_LARGE: &str = "The picture's file is larger than what is read at once.";

/// Begins an animation.
pub type OpenFrames = for<'a> fn(&'a [u8]) -> Result<Animation<'a>, Error>;

/// How a format is decoded. All functions are given the whole file.
pub struct Codec {
    /// What the header says, without decoding a pixel.
    pub header: fn(&[u8]) -> Result<Header, Error>,
    /// The first frame, at least as large as the given size (as stored, before orientation), or whole. It is theirs to let
    /// go of the file as soon as its pixels are read.
    pub decode: fn(Vec<u8>, &Header, Size, &mut ReadContext<'_>) -> Result<Picture, Error>,
    /// All frames of an animation, for formats that have them.
    pub frames: Option<OpenFrames>,
}
