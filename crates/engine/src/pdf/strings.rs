//! Text strings outside of pages: titles, names, values of fields.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// UTF-16 or UTF-8 with a mark, or else nearly Latin-1.
pub fn document_text(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    };
    (!text.trim().is_empty()).then_some(text)
}
