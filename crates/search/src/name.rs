//! A search as it is held against names of files, which are found by any part of them.

use crate::fold::fold;
use crate::query::{Query, Term};

/// Regular expressions for folded names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePatterns {
    /// Each of them has to match. The first is the one that an index helps most with.
    pub all: Vec<String>,
    /// None of them may; one for all, nothing where there is no such word.
    pub none: Option<String>,
}

impl Query {
    /// The patterns for names.
    pub fn name_patterns(&self) -> NamePatterns {
        let mut all: Vec<(usize, String)> = self.clauses.iter().map(|terms| any_of(terms)).collect();
        all.sort_by_key(|(shortest, _)| std::cmp::Reverse(*shortest));
        let none = (!self.excluded.is_empty()).then(|| any_of(&self.excluded).1);
        NamePatterns { all: all.into_iter().map(|(_, pattern)| pattern).collect(), none }
    }
}

/// A pattern for one of these, and the letters of the shortest.
fn any_of(terms: &[Term]) -> (usize, String) {
    let patterns: Vec<String> = terms.iter().map(pattern).collect();
    let shortest = patterns.iter().map(|pattern| pattern.chars().count()).min().unwrap_or_default();
    (shortest, patterns.join("|"))
}

/// Its letters and digits, with any signs between them that there may be.
fn pattern(term: &Term) -> String {
    let parts = term.raw.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let folded: Vec<_> = parts.map(fold).filter(|part| !part.is_empty()).collect();
    folded.join("[^[:alnum:]]*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_held_against_parts_of_words() {
        let patterns = |text: &str| Query::parse(text).unwrap().name_patterns();
        let found = patterns("re Müller_2023.pdf OR büro -draft -\"old one\"");
        assert_eq!(found.all, ["muller[^[:alnum:]]*2023[^[:alnum:]]*pdf|buro", "re"]);
        assert_eq!(found.none.as_deref(), Some("draft|old[^[:alnum:]]*one"));
        assert_eq!(patterns("東京都 invoi*").all, ["invoi", "東京都"]);
    }

    proptest! {
        /// Nothing that is typed is a sign of a regular expression.
        #[test]
        fn patterns_are_of_letters(text in "\\PC{0,40}") {
            if let Ok(query) = Query::parse(&text) {
                for pattern in query.name_patterns().all {
                    prop_assert!(pattern.replace("[^[:alnum:]]*", "").chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || c == '|'));
                }
            }
        }
    }
}
