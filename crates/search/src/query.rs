//! What somebody looks for: words that a page has all of, each or one of several, and words that it has none of.

use crate::fold::spelled_out;
use crate::tokens::{Kind, tokens};

/// Most characters of a search.
pub const MOST_CHARACTERS: usize = 500;
/// Most words of a search.
pub const MOST_WORDS: usize = 24;
/// Fewest characters of the beginning of a word: fewer begin a good part of all words.
const SHORTEST_BEGINNING: usize = 3;

/// A search, understood: `invoice "net total" OR sum -draft mül*`. Words without signs are found in their other forms, too, quoted
/// ones as they stand; `OR` is between words of which one is enough, a minus before what a page has not, a star after the beginning of
/// a word. Whatever else is in it counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// A page has one term of each.
    pub(crate) clauses: Vec<Vec<Term>>,
    /// It has none of these.
    pub(crate) excluded: Vec<Term>,
}

/// One word, or several in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// As it was written, without its signs.
    pub raw: String,
    /// As they are compared; one at least.
    pub words: Vec<String>,
    pub kind: TermKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TermKind {
    /// A word in all of its forms; with how else it is written, where there are no umlauts.
    Stemmed { spelled_out: Option<String> },
    /// One word as it stands.
    Exact { spelled_out: Option<String> },
    /// Words that begin so.
    Beginning,
    /// Words in this order, the last of which may go on.
    Phrase { is_open: bool },
}

/// Why a search says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// Signs alone, or nothing.
    #[error("a search needs a word to look for")]
    NoWords,
    /// Only what pages are not to have.
    #[error("a search needs a word that pages have, beside those that they have not")]
    OnlyExcluded,
    /// More than [`MOST_CHARACTERS`].
    #[error("a search has at most {MOST_CHARACTERS} characters")]
    TooLong,
    /// More than [`MOST_WORDS`].
    #[error("a search has at most {MOST_WORDS} words")]
    TooManyWords,
}

impl Query {
    /// Understands a search.
    ///
    /// # Errors
    /// [`BadQuery`] where there is nothing to look for, or too much.
    pub fn parse(text: &str) -> Result<Self, BadQuery> {
        if text.chars().count() > MOST_CHARACTERS {
            return Err(BadQuery::TooLong);
        }
        let mut query = Self { clauses: vec![], excluded: vec![] };
        let mut or_pending = false;
        for word in raw_words(text) {
            if word.is_or() {
                or_pending = !query.clauses.is_empty();
                continue;
            }
            let Some(term) = term(&word) else { continue };
            match query.clauses.last_mut() {
                _ if word.is_excluded => query.excluded.push(term),
                Some(clause) if or_pending => clause.push(term),
                _ => query.clauses.push(vec![term]),
            }
            or_pending = false;
        }
        let words: usize = query.terms().chain(&query.excluded).map(|term| term.words.len()).sum();
        match (words, query.clauses.is_empty()) {
            (0, _) => Err(BadQuery::NoWords),
            (_, true) => Err(BadQuery::OnlyExcluded),
            (words, _) if words > MOST_WORDS => Err(BadQuery::TooManyWords),
            _ => Ok(query),
        }
    }

    /// The terms that pages are to have, each or one of several.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.clauses.iter().flatten()
    }
}

/// A word or a quotation as it stands in a search.
#[derive(Debug, PartialEq, Eq)]
struct RawWord<'t> {
    text: &'t str,
    is_excluded: bool,
    is_quoted: bool,
    is_beginning: bool,
}

impl RawWord<'_> {
    fn is_or(&self) -> bool {
        !self.is_quoted && !self.is_excluded && matches!(self.text, "OR" | "|")
    }
}

/// The words between spaces and quotes. A quotation that has no end ends with the search.
fn raw_words(mut rest: &str) -> Vec<RawWord<'_>> {
    let mut words = vec![];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
        let after_minus = rest.strip_prefix(['-', '−', '–']);
        let is_excluded = after_minus.is_some_and(|after| after.starts_with(|c: char| !c.is_whitespace()));
        rest = if is_excluded { after_minus.unwrap_or(rest) } else { rest };
        let Some(first) = rest.chars().next() else { return words };
        if is_quote(first) {
            let inside = &rest[first.len_utf8()..];
            let end = inside.find(is_quote).unwrap_or(inside.len());
            words.push(RawWord { text: &inside[..end], is_excluded, is_quoted: true, is_beginning: false });
            rest = inside[end..].trim_start_matches(is_quote);
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c.is_control() || is_quote(c)).unwrap_or(rest.len());
            let text = rest[..end].trim_end_matches('*');
            words.push(RawWord { text, is_excluded, is_quoted: false, is_beginning: text.len() < end });
            rest = &rest[end..];
        }
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」')
}

/// What is looked for by a word as it was written; nothing for one of signs alone.
fn term(word: &RawWord<'_>) -> Option<Term> {
    let mut found: Vec<_> = tokens(word.text).collect();
    if found.len() > 1 {
        // The pairs before it have the character already.
        found.retain(|token| token.kind != Kind::Last);
    }
    let first = found.first()?;
    let (kind, spelled) = (first.kind, spelled_out(&word.text[first.range.clone()]));
    let words: Vec<String> = found.iter().map(|token| token.folded.clone().into_owned()).collect();
    let is_long = words.last().is_some_and(|last| last.chars().count() >= SHORTEST_BEGINNING);
    let is_open = word.is_beginning && is_long;
    let kind = match kind {
        _ if words.len() > 1 => TermKind::Phrase { is_open },
        // One character of a script without spaces: whatever pair begins with it.
        Kind::Last => TermKind::Beginning,
        Kind::Word if is_open => TermKind::Beginning,
        Kind::Word if !word.is_quoted => TermKind::Stemmed { spelled_out: spelled },
        Kind::Word | Kind::Pair => TermKind::Exact { spelled_out: spelled },
    };
    Some(Term { raw: word.text.to_owned(), words, kind })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A search in short: `a|b` for one of several, `=` before a word as it stands, `*` after a beginning, `!` before what is not.
    fn short(text: &str) -> String {
        let query = match Query::parse(text) {
            Ok(query) => query,
            Err(bad) => return format!("{bad:?}"),
        };
        let term = |term: &Term| match &term.kind {
            TermKind::Stemmed { .. } => term.words[0].clone(),
            TermKind::Exact { .. } => format!("={}", term.words[0]),
            TermKind::Beginning => format!("{}*", term.words[0]),
            TermKind::Phrase { is_open } => format!("[{}{}]", term.words.join(" "), if *is_open { "*" } else { "" }),
        };
        let clause = |clause: &Vec<Term>| clause.iter().map(term).collect::<Vec<_>>().join("|");
        let clauses = query.clauses.iter().map(clause);
        clauses
            .chain(query.excluded.iter().map(|excluded| format!("!{}", term(excluded))))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn searches_mean_what_their_signs_say() {
        let meanings = [
            ("Invoices  total", "invoices total"),
            ("\"net total\" -draft", "[net total] !draft"),
            ("a OR b c OR \"d e\"", "a|b c|[d e]"),
            ("OR a OR", "a"),
            ("invoi* in*", "invoi* in"),
            ("\"Invoices\"", "=invoices"),
            ("ann@example.org", "[ann example org]"),
            ("foo-ba foo-bar*", "[foo ba] [foo bar*]"),
            ("-\"not this\" but", "but ![not this]"),
            ("no - minus", "no minus"),
            ("\"never ends", "[never ends]"),
            ("“curly quotes”", "[curly quotes]"),
            ("東京都 水", "[東京 京都] 水*"),
            ("東京", "=東京"),
            ("iPhone東京", "[iphone 東京]"),
            ("", "NoWords"),
            ("\"", "NoWords"),
            ("OR - * ( ) & | ! :", "NoWords"),
            ("\u{202e}\u{0}", "NoWords"),
            ("-a -b", "OnlyExcluded"),
            ("a\0b", "a b"),
        ];
        for (text, meaning) in meanings {
            assert_eq!(short(text), meaning, "{text:?}");
        }
        assert_eq!(short(&"x".repeat(MOST_CHARACTERS + 1)), "TooLong");
        assert_eq!(short(&"a ".repeat(MOST_WORDS + 1)), "TooManyWords");
    }

    proptest! {
        #[test]
        fn anything_may_be_typed(text in "(\\PC|[-\"* OR東ä\0]){0,60}") {
            if let Ok(query) = Query::parse(&text) {
                prop_assert!(query.terms().all(|term| !term.words.is_empty() && term.words.iter().all(|word| !word.is_empty())));
            }
        }
    }
}
