//! Names of files: what may stand in one, and what becomes of one that has more.

use crate::error::Error;
use unicode_normalization::UnicodeNormalization;

/// Longest name, in bytes: what most file systems take.
pub const MAX_BYTES: usize = 255;

/// The name an upload gets: whatever the sender's system allowed is made into something every other takes.
pub fn clean(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.nfc().filter(|letter| !is_forbidden(*letter)).collect();
    let name = visible.trim();
    if matches!(name, "" | "." | "..") { "unnamed".into() } else { shorten(name) }
}

/// The name a person chose, or what is wrong with it.
pub fn check(chosen: &str) -> Result<String, Error> {
    let name: String = chosen.trim().nfc().collect();
    let refuse = |detail: &str| Err(Error::invalid("invalid-name", detail));
    if matches!(name.as_str(), "" | "." | "..") {
        return refuse("a file needs a name");
    }
    if name.contains(['/', '\\']) {
        return refuse("a file's name has no slashes");
    }
    if name.contains(is_forbidden) {
        return refuse("a file's name has no control characters, and none that turn the direction of writing");
    }
    if name.len() > MAX_BYTES {
        return refuse("a file's name has at most 255 bytes");
    }
    Ok(name)
}

/// Control characters, and the marks that make `gpj.exe` look like `exe.jpg` (Unicode TR 36, 3.2).
fn is_forbidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Cut in the middle of the stem, between letters, so that the extension stays.
fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.into();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if name.len() - dot <= 20 => name.split_at(dot),
        _ => (name, ""),
    };
    let mut end = MAX_BYTES - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", stem[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_get_a_harmless_name() {
        for (sent, name) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("tab\there\u{0}.txt", "tabhere.txt"),
            ("e\u{301}.txt", "\u{e9}.txt"),
            ("..", "unnamed"),
            ("folder/", "unnamed"),
            ("  ", "unnamed"),
        ] {
            assert_eq!(clean(sent), name, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = clean(&format!("{}.pdf", "é".repeat(300)));
        assert!(name.len() <= MAX_BYTES && name.ends_with("é.pdf"), "{name}");
        assert_eq!(clean(&"x".repeat(400)).len(), MAX_BYTES);
    }

    #[test]
    fn chosen_names_are_refused_rather_than_changed() {
        assert_eq!(check(" e\u{301}.txt ").unwrap(), "\u{e9}.txt");
        for chosen in ["", ".", "..", "a/b", "a\\b", "a\nb", "a\u{202e}b", &"x".repeat(256)] {
            assert!(check(chosen).is_err(), "{chosen:?}");
        }
    }
}
