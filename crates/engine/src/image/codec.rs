//! What a format of pictures must be able to do, for everything else to be done for it.

use super::{Animation, Header, Picture, Size};
use crate::input::read_whole;
use crate::{Error, ReadContext, Source};

/// What is said of a picture's file that is larger than what is read at once.
const TOO_LARGE: &str = "The picture's file is larger than what is read at once.";

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

impl Codec {
    /// Reads the whole file and notes what its header says. A picture over the limits is refused before a pixel is decoded.
    pub fn open(&self, input: &mut dyn Source, context: &mut ReadContext<'_>) -> Result<(Vec<u8>, Header), Error> {
        let bytes = read_whole(input, context.limits.whole_file_bytes, TOO_LARGE)?;
        let header = (self.header)(&bytes)?;
        header.note(&mut context.facts);
        header.check(context.limits)?;
        Ok((bytes, header))
    }
}
