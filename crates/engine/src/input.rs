//! The bytes that readers are given.

use crate::Error;
use model::Reason;
use std::io::{Read, Seek};

/// The bytes of one content. Readers find it rewound to the start.
pub trait Source: Read + Seek {}

impl<T: Read + Seek + ?Sized> Source for T {}

/// Reads a content that is needed whole. One of more than `max_bytes` is refused, with `refusal` said of it.
pub fn read_whole(input: &mut dyn Source, max_bytes: u64, refusal: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![];
    // One byte more than the limit tells a file that has it from one that exceeds it.
    input.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(Error::Io)?;
    if bytes.len() as u64 > max_bytes {
        return Err(Error::rejected(Reason::TooLarge, refusal));
    }
    Ok(bytes)
}
