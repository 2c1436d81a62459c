//! Counting words.

/// Words as people count them: runs between spaces, and every ideograph or kana by itself.
pub fn count_words(text: &str) -> u64 {
    let mut words = 0;
    let mut inside = false;
    for c in text.chars() {
        let alone = matches!(c as u32, 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff);
        let begins = !inside && c.is_alphanumeric();
        words += u64::from(alone || begins);
        inside = !alone && !c.is_whitespace() && (inside || begins);
    }
    words
}
