//! Office documents that are encrypted with a password: the package is hidden inside of a compound file.

use crate::Error;
use crate::formats::{Format, Reader};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "office-encrypted",
    mime: "application/x-ole-storage",
    extensions: &[],
    is_text: false,
    archive: None,
    detect: |head| head.has_stream("EncryptedPackage") || head.has_stream("\tDRMContent"),
    reader: Reader::Document(|_, _, _| {
        Err(Error::rejected(Reason::Encrypted, "The document is protected with a password."))
    }),
};
