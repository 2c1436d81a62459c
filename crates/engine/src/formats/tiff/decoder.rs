//! The decoder of the `tiff` crate, within bounds, and what its errors mean.

use crate::Error;
use crate::image::{Layout, Profile};
use model::Reason;
use std::io::Cursor;
use tiff::TiffError;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

/// Bytes of all samples, and of one strip or tile.
const SAMPLE_BYTES: usize = 400 << 20;
/// Bytes of one entry of the directory: colour profiles can be large.
const ENTRY_BYTES: usize = 16 << 20;

/// The decoder over a whole file.
pub type Tiff<Bytes> = Decoder<Cursor<Bytes>>;

/// Opens a file.
pub fn open<Bytes: AsRef<[u8]>>(bytes: Bytes) -> Result<Tiff<Bytes>, Error> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = SAMPLE_BYTES;
    limits.intermediate_buffer_size = SAMPLE_BYTES;
    limits.ifd_value_size = ENTRY_BYTES;
    Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
}

/// What the colours mean, if the file says so.
pub fn profile<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>, layout: Layout) -> Profile {
    let icc = tiff.find_tag(Tag::IccProfile).ok().flatten().and_then(|value| value.into_u8_vec().ok());
    Profile::icc(icc.as_deref(), layout)
}

pub fn unsupported() -> Error {
    Error::rejected(Reason::Unsupported, "This variant of TIFF cannot be read.")
}

pub fn damaged() -> Error {
    Error::malformed("The TIFF is damaged or cut off.")
}

impl From<TiffError> for Error {
    fn from(cause: TiffError) -> Self {
        let refusal = match &cause {
            TiffError::UnsupportedError(_) => unsupported(),
            TiffError::LimitsExceeded => {
                Self::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
            }
            _ => damaged(),
        };
        refusal.because(cause)
    }
}
