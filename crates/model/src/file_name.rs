//! Names of files: what may stand in one, and what becomes of one that has more. Uploads and renames keep the same rule.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Longest name, in bytes: what most file systems take.
pub const MAX_BYTES: usize = 255;
/// Longest extension, in bytes. What is longer is a part of the name that happens to follow a dot.
const MAX_EXTENSION_BYTES: usize = 16;

/// Why a name cannot be a file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadFileName {
    /// There is nothing in it, or only what means a folder.
    Empty,
    /// It has a slash, which would make it a path.
    Slash,
    /// It has a character that is not seen, or that turns the direction of writing.
    Invisible,
    /// It has more than [`MAX_BYTES`].
    TooLong,
}

/// The name an upload gets: whatever the sender's system allowed is made into something every other takes, at most
/// [`MAX_BYTES`] with its extension kept. It is one that [`check`] takes as it is.
pub fn clean(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|letter| !is_forbidden(*letter)).nfc().collect();
    let name = visible.trim();
    if is_empty(name) { "unnamed".into() } else { shorten(name) }
}

/// The name a person chose, composed (NFC), or what is wrong with it.
pub fn check(chosen: &str) -> Result<String, BadFileName> {
    let name: String = chosen.trim().nfc().collect();
    if is_empty(&name) {
        return Err(BadFileName::Empty);
    }
    if name.contains(['/', '\\']) {
        return Err(BadFileName::Slash);
    }
    if name.contains(is_forbidden) {
        return Err(BadFileName::Invisible);
    }
    if name.len() > MAX_BYTES {
        return Err(BadFileName::TooLong);
    }
    Ok(name)
}

/// The extension in lower case: up to 16 letters and digits of ASCII after the last dot, and something before it.
pub fn extension(name: &str) -> Option<String> {
    split(name).1.map(str::to_ascii_lowercase)
}

/// The name with this extension in the place of its own.
pub fn with_extension(name: &str, extension: &str) -> String {
    clean(&format!("{}.{extension}", split(name).0))
}

/// The name up to its extension, and the extension without the dot.
fn split(name: &str) -> (&str, Option<&str>) {
    let is_plain = |extension: &str| {
        (1..=MAX_EXTENSION_BYTES).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && is_plain(extension) => (stem, Some(extension)),
        _ => (name, None),
    }
}

fn is_empty(name: &str) -> bool {
    matches!(name, "" | "." | "..")
}

/// Control characters, spaces without width and their like, and the marks that make `gpj.exe` look like `exe.jpg` (Unicode
/// TR 36, 3.2). The joiners (U+200C, U+200D) stay: scripts and emoji need them.
fn is_forbidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Cut at the end of the stem, between letters, so that the extension stays.
fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.into();
    }
    let (stem, extension) = split(name);
    let suffix = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
    let end = stem.floor_char_boundary(MAX_BYTES - suffix.len());
    format!("{}{suffix}", stem[..end].trim_end())
}

impl fmt::Display for BadFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a file needs a name"),
            Self::Slash => f.write_str("a file's name has no slashes"),
            Self::Invisible => f.write_str(
                "a file's name has no control characters, and none that are invisible or turn the direction of writing",
            ),
            Self::TooLong => write!(f, "a file's name has at most {MAX_BYTES} bytes"),
        }
    }
}

impl std::error::Error for BadFileName {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn uploads_get_a_harmless_name() {
        for (sent, name) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.JPG", "photo.JPG"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("tab\there\u{0}.txt", "tabhere.txt"),
            ("a\r\nSet-Cookie: b\0.txt", "aSet-Cookie: b.txt"),
            ("no\u{200b}\u{2063}thing.txt", "nothing.txt"),
            ("e\u{301}.txt", "\u{e9}.txt"),
            ("e\u{200b}\u{301}.txt", "\u{e9}.txt"),
            ("👩\u{200d}💻.png", "👩\u{200d}💻.png"),
            ("..", "unnamed"),
            ("folder/", "unnamed"),
            ("  ", "unnamed"),
        ] {
            assert_eq!(clean(sent), name, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension_as_it_is_written() {
        for extension in [".pdf", ".JPG"] {
            let name = clean(&format!("{}{extension}", "é".repeat(300)));
            assert!(name.len() <= MAX_BYTES && name.ends_with(&format!("é{extension}")), "{name}");
        }
        assert_eq!(clean(&"x".repeat(400)).len(), MAX_BYTES);
        assert_eq!(clean(&format!("{}. and so on", "x".repeat(400))), "x".repeat(MAX_BYTES));
    }

    #[test]
    fn chosen_names_are_refused_rather_than_changed() {
        assert_eq!(check(" e\u{301}.txt ").unwrap(), "\u{e9}.txt");
        for chosen in ["", ".", "..", "a/b", "a\\b", "a\nb", "a\u{202e}b", "a\u{200b}b", "a\u{2063}b", &"x".repeat(256)]
        {
            assert!(check(chosen).is_err(), "{chosen:?}");
        }
    }

    #[test]
    fn extensions_are_plain() {
        assert_eq!(extension("a.tar.GZ").as_deref(), Some("gz"));
        for none in ["a", ".bashrc", "a.", "a.b c", "a.😀", "a.12345678901234567"] {
            assert_eq!(extension(none), None, "{none}");
        }
        assert_eq!(with_extension("a.tar.GZ", "docx"), "a.tar.docx");
        assert_eq!(with_extension(".bashrc", "txt"), ".bashrc.txt");
        assert_eq!(with_extension("v1. final", "md"), "v1. final.md");
    }

    /// A space without width was taken out of an upload's name and accepted when somebody renamed the file.
    #[test]
    fn the_same_characters_are_refused_on_a_rename_as_are_taken_out_of_an_upload() {
        for letter in (char::MIN..=char::MAX).filter(|letter| !matches!(letter, '/' | '\\')) {
            let name = format!("a{letter}b");
            let is_kept = clean(&name) == name.nfc().collect::<String>();
            assert_eq!(check(&name).is_ok(), is_kept, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_was_cleaned_is_one_that_a_person_may_choose(sent in "\\PC*|.*|[ .a\u{200b}é]{240,300}\\.[a-z. ]{0,20}") {
            let name = clean(&sent);
            prop_assert_eq!(check(&name), Ok(name.clone()));
            prop_assert_eq!(clean(&name), name);
        }
    }
}
