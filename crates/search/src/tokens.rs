//! A text as the words that are compared. Scripts without spaces have none to cut at: there every two characters that follow each
//! other are a word.

use crate::fold::{fold, is_invisible, spelled_out};
use std::borrow::Cow;
use std::ops::Range;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// As it is compared.
    pub folded: Cow<'t, str>,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Between spaces or other signs.
    Word,
    /// Two characters of a script without spaces.
    Pair,
    /// The last character of such a script's run, which begins no pair.
    Last,
}

impl Token<'_> {
    /// How its word is written where there are no umlauts.
    pub fn spelled_out(&self, text: &str) -> Option<String> {
        if self.kind == Kind::Word { spelled_out(&text[self.range.clone()]) } else { None }
    }
}

/// The words of a text, in its order.
pub(crate) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, pending: None }
}

pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// The character of a run without spaces that the next pair begins with.
    pending: Option<Range<usize>>,
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let (range, kind) = match self.pending.take() {
                Some(first) => self.pair(first),
                None => {
                    let run = self.run()?;
                    if self.pending.is_some() {
                        continue;
                    }
                    (run, Kind::Word)
                }
            };
            let folded = fold(&self.text[range.clone()]);
            if !folded.is_empty() {
                return Some(Token { range, folded, kind });
            }
        }
    }
}

impl Tokens<'_> {
    /// The pair that begins with this character, or it alone at the end of its run.
    fn pair(&mut self, first: Range<usize>) -> (Range<usize>, Kind) {
        match self.text[self.at..].chars().next().filter(|&c| is_without_spaces(c)) {
            Some(c) => {
                let second = self.at..self.at + c.len_utf8();
                self.at = second.end;
                self.pending = Some(second.clone());
                (first.start..second.end, Kind::Pair)
            }
            None => (first, Kind::Last),
        }
    }

    /// The next word; or the first character of a run without spaces, which is pending then.
    fn run(&mut self) -> Option<Range<usize>> {
        let start = self.at + self.text[self.at..].find(|c: char| c.is_alphanumeric())?;
        let rest = &self.text[start..];
        let first = rest.chars().next()?;
        if is_without_spaces(first) {
            self.at = start + first.len_utf8();
            self.pending = Some(start..self.at);
        } else {
            self.at = start + rest.find(|c| !is_inside(c) || is_without_spaces(c)).unwrap_or(rest.len());
        }
        Some(start..self.at)
    }
}

/// A character of a word that has begun: a letter, a digit, a mark on one, or one that is not seen.
fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || is_invisible(c)
}

fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036f | 0x0483..=0x0487 | 0x0591..=0x05bd | 0x0610..=0x061a | 0x0640 | 0x064b..=0x065f | 0x0670
        | 0x06d6..=0x06ed | 0x0900..=0x0903 | 0x093a..=0x094f | 0x0980..=0x0983 | 0x09bc..=0x09cd | 0x0a00..=0x0d4d)
}

/// Whether a letter is of a script that has no spaces between words, or, in Korean, whose words are found by parts of them.
pub(crate) fn is_without_spaces(c: char) -> bool {
    match c as u32 {
        // Thai, Lao, Burmese, Khmer.
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff => true,
        // Kana, ideographs, Korean.
        0x1100..=0x11ff | 0x3005..=0x3007 | 0x3041..=0x30ff | 0x3130..=0x318f | 0x31f0..=0x31ff => c.is_alphanumeric(),
        0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff66..=0xff9f => true,
        0x20000..=0x3ffff => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).map(|token| token.folded.into_owned()).collect()
    }

    #[test]
    fn texts_are_cut_where_words_end() {
        let cut: [(&str, &[&str]); 8] = [
            ("Hello, (big) WORLD!", &["hello", "big", "world"]),
            ("don't pay 1,234.50", &["don", "t", "pay", "1", "234", "50"]),
            ("ann@example.org snake_case", &["ann", "example", "org", "snake", "case"]),
            ("東京都 x", &["東京", "京都", "都", "x"]),
            ("iPhoneを買う", &["iphone", "を買", "買う", "う"]),
            ("한국어", &["한국", "국어", "어"]),
            ("in\u{ad}voice", &["invoice"]),
            ("— … ! \u{200b}", &[]),
        ];
        for (text, expected) in cut {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_stand_where_they_say(text in "\\PC{0,60}|[a-zäß 東京はא-תก-ฮ가나다0-9.]{0,60}") {
            for token in tokens(&text) {
                prop_assert_eq!(&fold(&text[token.range.clone()]), &token.folded);
                prop_assert!(!token.folded.is_empty() && !token.folded.contains(' '));
            }
        }
    }
}
