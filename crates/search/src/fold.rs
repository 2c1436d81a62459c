//! Words as they are compared: without case, accents and forms that only look different.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Longest word that is kept, in characters. What is longer is data.
const LONGEST: usize = 48;

/// The word as it is compared. Small letters; without accents in Latin and Greek, vowel marks in Arabic and Hebrew, and characters
/// nobody sees; compatible forms (full width, ligatures) as what they stand for.
pub fn fold(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) && word.len() <= LONGEST {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return Cow::Owned(word[..word.len().min(LONGEST)].to_ascii_lowercase());
    }
    let mut folded = String::with_capacity(word.len());
    let mut last = '\0';
    for c in word.nfkd().flat_map(char::to_lowercase) {
        if !is_dropped(c, last) {
            push(&mut folded, c);
            last = c;
        }
    }
    // Syllables of Korean and marks of kana that the decomposition has taken apart are put together again.
    Cow::Owned(folded.nfc().take(LONGEST).collect())
}

/// The German way to write a word with umlauts where there are none: `mueller` for Müller. Nothing for a word without.
pub(crate) fn spelled_out(word: &str) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let mut has_umlaut = false;
    let mut spelled = String::with_capacity(word.len() + 2);
    for c in word.nfc().flat_map(char::to_lowercase) {
        let digraph = match c {
            'ä' => "ae",
            'ö' => "oe",
            'ü' => "ue",
            _ => {
                spelled.push(c);
                continue;
            }
        };
        has_umlaut = true;
        spelled.push_str(digraph);
    }
    has_umlaut.then(|| fold(&spelled).into_owned())
}

/// Marks on the letter before, characters that are not seen, and signs that stand in compatible forms (½ is 1⁄2): no word has a
/// character that means something to Postgres.
fn is_dropped(c: char, last: char) -> bool {
    if (c.is_ascii() && !c.is_ascii_alphanumeric()) || c.is_whitespace() || c == '\u{2044}' {
        return true;
    }
    match c as u32 {
        // The breve of й makes another letter of it.
        0x0306 => last != 'и',
        0x0300..=0x036f => true,
        // Points and cantillation of Hebrew, vowel marks of Arabic, the stroke that only makes words longer.
        0x0591..=0x05c7 | 0x0610..=0x061a | 0x0640 | 0x064b..=0x065f | 0x0670 | 0x06d6..=0x06ed => true,
        _ => is_invisible(c),
    }
}

/// Characters that are in words and not seen: the soft hyphen, joiners, marks of direction, variants of glyphs.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c as u32, 0x00ad | 0x061c | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfe00..=0xfe0f | 0xfeff)
}

/// Letters that decompose into nothing and are written in two ways all the same.
fn push(folded: &mut String, c: char) {
    match c {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        'ø' => folded.push('o'),
        'đ' | 'ð' => folded.push('d'),
        'ħ' => folded.push('h'),
        'ı' => folded.push('i'),
        'ł' => folded.push('l'),
        'ς' => folded.push('σ'),
        'ى' | 'ی' => folded.push('ي'),
        'ة' => folded.push('ه'),
        'ک' => folded.push('ك'),
        'ٱ' => folded.push('ا'),
        '٠'..='٩' => folded.push(digit(c, '٠')),
        '۰'..='۹' => folded.push(digit(c, '۰')),
        c => folded.push(c),
    }
}

fn digit(c: char, zero: char) -> char {
    char::from(b'0' + (c as u32 - zero as u32) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_the_same_however_they_are_written() {
        let same = [
            ("MÜLLER", "muller"),
            ("mu\u{308}ller", "muller"),
            ("Straße", "strasse"),
            ("donnée", "donnee"),
            ("ﬁle", "file"),
            ("ＡＢＣ１", "abc1"),
            ("İstanbul", "istanbul"),
            ("in\u{ad}voice", "invoice"),
            ("Ёлка", "елка"),
            ("Йод", "йод"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("الكِتَابُ", "الكتاب"),
            ("مكتبة", "مكتبه"),
            ("٢٠٢٣", "2023"),
            ("שָׁלוֹם", "שלום"),
            ("が", "が"),
            ("한국어", "한국어"),
            ("東京", "東京"),
            ("½⑴", "121"),
            ("\u{fdfa}", "صلياللهعليهوسلم"),
        ];
        for (word, folded) in same {
            assert_eq!(fold(word), folded, "{word}");
        }
        assert_eq!(fold(&"x".repeat(500)).len(), LONGEST);
    }

    #[test]
    fn umlauts_are_spelled_out() {
        assert_eq!(spelled_out("Müßig").as_deref(), Some("muessig"));
        assert_eq!(spelled_out("Mu\u{308}ller").as_deref(), Some("mueller"));
        assert_eq!((spelled_out("Mueller"), spelled_out("café")), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_as_it_is(word in "\\PC{0,30}") {
            let once = fold(&word).into_owned();
            prop_assert_eq!(&fold(&once), &once);
            prop_assert!(once.chars().count() <= LONGEST);
            prop_assert!(word.is_ascii() || once.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric()));
        }
    }
}
