//! Words that somebody may have meant: those that one slip of the fingers makes into what was typed.

use crate::query::{Query, TermKind};
use std::collections::BTreeSet;

/// Shorter words are next to too many others.
const SHORTEST: usize = 4;
/// Letters that a slip may leave out or hit beside, by what the word is written in.
const ALPHABETS: [&str; 3] =
    ["abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "αβγδεζηθικλμνξοπρστυφχψω"];

impl Query {
    /// The plain words of a search, of which all are to be there, as they are compared. Nothing where it has signs: whoever writes
    /// those means them.
    pub fn plain_words(&self) -> Option<Vec<&str>> {
        let mut words = vec![];
        for clause in &self.clauses {
            match &clause[..] {
                [term] if matches!(term.kind, TermKind::Stemmed { .. }) => words.push(term.words[0].as_str()),
                // What interfaces ask for while the last word is typed: the word, or others that begin so.
                [term, beginning]
                    if matches!(term.kind, TermKind::Stemmed { .. })
                        && beginning.kind == TermKind::Beginning
                        && term.words == beginning.words =>
                {
                    words.push(term.words[0].as_str());
                }
                _ => return None,
            }
        }
        self.excluded.is_empty().then_some(words)
    }
}

/// What may have been meant by a word, as it is compared: all words that are one letter more, less or different, or have two letters
/// changed about. Nothing for short words, numbers, and scripts of more letters.
pub fn misspellings(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let alphabet = ALPHABETS.iter().find(|alphabet| letters.iter().all(|letter| alphabet.contains(*letter)));
    let Some(alphabet) = alphabet.filter(|_| letters.len() >= SHORTEST) else { return vec![] };
    let mut words = BTreeSet::new();
    let mut add = |letters: Vec<char>| words.insert(letters.into_iter().collect::<String>());
    for at in 0..=letters.len() {
        let (before, after) = letters.split_at(at);
        if let Some((first, rest)) = after.split_first() {
            add([before, rest].concat());
            if let Some((second, rest)) = rest.split_first() {
                add([before, &[*second, *first], rest].concat());
            }
        }
        for letter in alphabet.chars() {
            add([before, &[letter], after].concat());
            if let Some((_, rest)) = after.split_first() {
                add([before, &[letter], rest].concat());
            }
        }
    }
    words.remove(word);
    words.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_undone() {
        for (typed, meant) in [
            ("invoce", "invoice"),
            ("invoicee", "invoice"),
            ("inovice", "invoice"),
            ("imvoice", "invoice"),
            ("отчот", "отчет"),
        ] {
            assert!(misspellings(typed).contains(&meant.to_owned()), "{typed}");
        }
        assert!(!misspellings("invoice").contains(&"invoice".to_owned()));
        for word in ["abc", "a1234", "2023", "東京都庁", ""] {
            assert!(misspellings(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn only_plain_words_are_corrected() {
        let words = |text: &str| Query::parse(text).unwrap().plain_words().map(|words| words.join(" "));
        assert_eq!(words("Net totl").as_deref(), Some("net totl"));
        assert_eq!(words("net totl OR totl*").as_deref(), Some("net totl"));
        for signs in ["\"net totl\"", "net -totl", "net OR totl", "totl*", "a-b"] {
            assert_eq!(words(signs), None, "{signs}");
        }
    }
}
