//! What a word is.

/// Words as people count them: runs between spaces, and every ideograph or kana by itself.
pub fn count_words(text: &str) -> u64 {
    let mut words = 0;
    let mut inside = false;
    for c in text.chars() {
        let alone = is_ideograph(c);
        let begins = !inside && c.is_alphanumeric();
        words += u64::from(alone || begins);
        inside = !alone && !c.is_whitespace() && (inside || begins);
    }
    words
}

/// A character of a script that has no spaces between words: an ideograph, kana, or a sign that belongs to them.
pub fn is_spaceless(c: char) -> bool {
    is_ideograph(c) || matches!(c as u32, 0x3000..=0x303f | 0x31f0..=0x31ff | 0xff00..=0xff65)
}

/// An ideograph or kana.
fn is_ideograph(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}
