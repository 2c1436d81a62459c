//! Text as XML can have it.

/// XML has no place for the two non-characters; control characters are not in our texts.
pub fn clean(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}') && (!c.is_control() || *c == '\t')).collect()
}
