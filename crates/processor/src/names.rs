//! File names as strangers send them, made harmless and kept readable.

use unicode_normalization::UnicodeNormalization;

/// Longest name in bytes: what file systems take, for whoever downloads it.
const MAX_BYTES: usize = 255;

/// The last part of a path, composed (NFC), without control characters and without the marks that turn text around
/// (`exe.fdp` that reads as `pdf.exe`), at most 255 bytes with its extension kept.
pub(crate) fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last.nfc().filter(|&c| !c.is_control() && !is_invisible(c)).collect();
    let cleaned = cleaned.trim();
    match cleaned {
        "" | "." | ".." => "unnamed".into(),
        _ => shorten(cleaned),
    }
}

/// The extension, lower case, if it is a plain one.
pub(crate) fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let plain = (1..=16).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    (plain && !stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// Direction marks, zero-width spaces and their like. The joiners (U+200C, U+200D) stay: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.into();
    }
    let suffix = extension(name).map(|extension| format!(".{extension}")).unwrap_or_default();
    let mut end = MAX_BYTES - suffix.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_harmless() {
        for (given, cleaned) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.JPG", "photo.JPG"),
            ("innocent\u{202e}fdp.exe", "innocentfdp.exe"),
            ("a\r\nSet-Cookie: b\0.txt", "aSet-Cookie: b.txt"),
            ("cafe\u{301}.txt", "café.txt"),
            ("  ", "unnamed"),
            ("..", "unnamed"),
            ("folder/", "unnamed"),
            ("👩\u{200d}💻.png", "👩\u{200d}💻.png"),
        ] {
            assert_eq!(clean(given), cleaned, "{given:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = clean(&format!("{}.docx", "ü".repeat(300)));
        assert!(name.len() <= 255 && name.ends_with("ü.docx"), "{name}");
    }

    #[test]
    fn extensions_are_plain() {
        assert_eq!(extension("a.tar.GZ").as_deref(), Some("gz"));
        for none in ["a", ".bashrc", "a.", "a.b c", "a.😀", "a.12345678901234567"] {
            assert_eq!(extension(none), None, "{none}");
        }
    }
}
