//! Office documents that are encrypted with a password: the package is hidden inside of a compound file.

use crate::{Error, Format, Head, Reader};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "office-encrypted",
    mime: "application/x-ole-storage",
    extensions: &[],
    detect: |head| head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") && has_stream(head, "EncryptedPackage"),
    reader: Reader::Document(|_, _, _| {
        Err(Error::rejected(Reason::Encrypted, "The document is protected with a password."))
    }),
};

/// True when the directory near the start or the end of the compound file has a stream of that name.
fn has_stream(head: &Head<'_>, name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&head.bytes, &head.tail].iter().any(|bytes| bytes.windows(name.len()).any(|part| part == name))
}
