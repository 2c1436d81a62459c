//! The one thing wanted from EXIF: which way is up. Everything else in it is left behind.

use super::Orientation;
use exif::{In, Reader, Tag};

/// The orientation in an EXIF block, with or without the `Exif\0\0` that JPEG and some writers of other formats
/// put before it. Broken EXIF means upright: it must not cost anybody the picture.
pub fn orientation_of(block: &[u8]) -> Orientation {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let value = Reader::new()
        .continue_on_error(true)
        .read_raw(tiff.to_vec())
        .or_else(|error| error.distill_partial_result(|_| ()))
        .ok()
        .and_then(|exif| exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0));
    Orientation::from_exif(value.unwrap_or(1))
}
