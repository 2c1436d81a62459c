//! What is said of a TIFF that is not read.

use crate::Error;
use model::Reason;

pub fn damaged() -> Error {
    Error::malformed("The TIFF is damaged or cut off.")
}

/// With what it is that is not read, for a person: "colours of a camera's sensor".
pub fn unsupported(what: &str) -> Error {
    Error::rejected(Reason::Unsupported, format!("This variant of TIFF cannot be read: {what}."))
}

pub fn too_large() -> Error {
    Error::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
}
