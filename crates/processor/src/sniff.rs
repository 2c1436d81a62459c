//! A first guess at a content's media type, by its first bytes. It decides nothing but a header until the engine, in its
//! confinement, has really looked.

/// One row: these bytes at this place mean this type.
type Magic = (usize, &'static [u8], &'static str);

/// In the order they are tried: the longer before the shorter where one begins like another.
static MAGIC: &[Magic] = &[
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypM4A ", "audio/mp4"),
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\x01\0", "image/x-icon"),
    (0, b"qoif", "image/qoi"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"BM", "image/bmp"),
];

/// Beginnings of text that a browser would run.
static MARKUP: &[(&str, &str)] = &[
    ("<!doctype html", "text/html"),
    ("<html", "text/html"),
    ("<script", "text/html"),
    ("<svg", "image/svg+xml"),
    ("<?xml", "application/xml"),
];

/// The media type these first bytes look like, `application/octet-stream` for none.
pub(crate) fn sniff(head: &[u8]) -> &'static str {
    if head.starts_with(b"PK\x03\x04") {
        return engine::mime_of_archive(head).unwrap_or("application/zip");
    }
    let known = MAGIC.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    match known {
        Some((_, _, mime)) => mime,
        None => text(head).unwrap_or("application/octet-stream"),
    }
}

/// UTF-8 without control characters, apart from a character cut off at the end.
fn text(head: &[u8]) -> Option<&'static str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() >= storage::HEAD_BYTES => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return None,
    };
    if text.is_empty() || text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}'))
    {
        return None;
    }
    let start: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(32).collect();
    let start = start.to_ascii_lowercase();
    let markup = MARKUP.iter().find(|(beginning, _)| start.starts_with(beginning));
    Some(markup.map_or("text/plain; charset=utf-8", |(_, mime)| mime))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide() {
        for (head, mime) in [
            (b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice(), "image/jpeg"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
            (b"%PDF-1.7", "application/pdf"),
            (
                b"PK\x03\x04....[Content_Types].xml....word/document.xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            (
                b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text",
                "application/vnd.oasis.opendocument.text",
            ),
            (b"PK\x03\x04....readme.txt", "application/zip"),
            (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            (b"hello, world\n", "text/plain; charset=utf-8"),
            ("\u{feff} <!DOCTYPE HTML><p>".as_bytes(), "text/html"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
            (b"\0\x01\x02", "application/octet-stream"),
            (b"", "application/octet-stream"),
            (b"caf\xe9", "application/octet-stream"),
        ] {
            assert_eq!(sniff(head), mime, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_character_cut_off_at_the_end_of_the_head_is_still_text() {
        let text = "é".repeat(storage::HEAD_BYTES);
        assert_eq!(sniff(&text.as_bytes()[1..][..1]), "application/octet-stream");
        assert_eq!(sniff(&[b"x", &text.as_bytes()[..storage::HEAD_BYTES - 1]].concat()), "text/plain; charset=utf-8");
    }
}
