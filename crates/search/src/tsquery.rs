//! A search as Postgres takes it.

use crate::language::Language;
use crate::page::{STEM, VARIANT};
use crate::query::{Query, Term, TermKind};

/// What the words of a page have to be like, for the index and beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextConditions {
    /// A `tsquery`, as text.
    pub tsquery: String,
    /// The same for each of the words that have to be there; nothing where they are to be on one page: there is one alone, or they are
    /// quoted, or others are not to be there.
    pub alone: Vec<String>,
    /// Patterns of `like` that all of the words together have to match.
    pub phrases: Vec<String>,
    /// And those that they must not.
    pub excluded_phrases: Vec<String>,
    /// False where pages may be found all the same that are none of the search's: where a phrase is one of several.
    pub is_exact: bool,
}

impl Query {
    /// The conditions for pages; of texts in that language, or in any.
    pub fn conditions(&self, language: Option<Language>) -> TextConditions {
        let clause = |terms: &Vec<Term>| {
            let terms: Vec<String> = terms.iter().map(|term| term.tsquery(language)).collect();
            format!("({})", terms.join(" | "))
        };
        let mut conditions: Vec<String> = self.clauses.iter().map(clause).collect();
        let is_plain = self.excluded.is_empty() && self.terms().all(|term| term.phrase().is_none());
        let alone = if is_plain && conditions.len() > 1 { conditions.clone() } else { vec![] };
        let mut excluded_phrases = vec![];
        for term in &self.excluded {
            match term.phrase() {
                Some(pattern) => excluded_phrases.push(pattern),
                None => conditions.push(format!("!({})", term.tsquery(language))),
            }
        }
        let single = self.clauses.iter().filter(|terms| terms.len() == 1).flatten();
        let several = self.clauses.iter().filter(|terms| terms.len() > 1).flatten();
        TextConditions {
            tsquery: conditions.join(" & "),
            alone,
            phrases: single.filter_map(Term::phrase).collect(),
            excluded_phrases,
            is_exact: several.filter_map(Term::phrase).next().is_none(),
        }
    }
}

impl Term {
    /// The pattern of words in their order; nothing for one word.
    fn phrase(&self) -> Option<String> {
        let TermKind::Phrase { is_open } = self.kind else { return None };
        // Words are of letters and digits alone, so that nothing in them is a sign of `like`.
        Some(format!("% {}{}%", self.words.join(" "), if is_open { "" } else { " " }))
    }

    fn tsquery(&self, language: Option<Language>) -> String {
        let mut any = vec![];
        match &self.kind {
            TermKind::Phrase { is_open } => {
                let mut words: Vec<String> = self.words.iter().map(|word| format!("'{word}'")).collect();
                if let (true, Some(last)) = (is_open, words.last_mut()) {
                    last.push_str(":*");
                }
                return format!("({})", words.join(" & "));
            }
            TermKind::Beginning => {
                let word = &self.words[0];
                any.push(format!("'{word}':*"));
                any.push(format!("'{VARIANT}{word}':*"));
            }
            TermKind::Exact { spelled_out } => any.extend(written(&self.words[0], spelled_out.as_deref())),
            TermKind::Stemmed { spelled_out } => {
                any.extend(written(&self.words[0], spelled_out.as_deref()));
                for language in languages(language) {
                    let Some(stem) = language.stem(&self.words[0]) else { continue };
                    let code = language.code();
                    any.push(format!("'{STEM}{code}{stem}'"));
                    if stem != self.words[0] {
                        any.push(format!("('{stem}' & '{STEM}{code}')"));
                    }
                }
            }
        }
        format!("({})", any.join(" | "))
    }
}

/// The languages whose forms of a word count.
pub(crate) fn languages(only: Option<Language>) -> impl Iterator<Item = Language> {
    Language::all().filter(move |language| only.is_none_or(|only| only == *language))
}

/// A word, with and without umlauts.
fn written<'a>(word: &'a str, spelled_out: Option<&'a str>) -> impl Iterator<Item = String> + 'a {
    std::iter::once(word).chain(spelled_out).flat_map(|word| [format!("'{word}'"), format!("'{VARIANT}{word}'")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(text: &str) -> TextConditions {
        Query::parse(text).unwrap().conditions(Language::tagged("en"))
    }

    #[test]
    fn searches_become_conditions() {
        let check = |text: &str, tsquery: &str| assert_eq!(conditions(text).tsquery, tsquery, "{text}");
        check("running", "(('running' | '+running' | '~enrun' | ('run' & '~en')))");
        check("run", "(('run' | '+run' | '~enrun'))");
        check("\"runs\" OR 42", "(('runs' | '+runs') | ('42' | '+42'))");
        check("invoi* -\"run\"", "(('invoi':* | '+invoi':*)) & !(('run' | '+run'))");
        check("Müller", "(('muller' | '+muller' | 'mueller' | '+mueller' | '~enmuller'))");
        check("水", "(('水':* | '+水':*))");
        let phrase = conditions("\"net total\" -\"last year\" 東京都");
        assert_eq!(phrase.tsquery, "(('net' & 'total')) & (('東京' & '京都'))");
        assert_eq!(phrase.phrases, ["% net total %", "% 東京 京都 %"]);
        assert_eq!(phrase.excluded_phrases, ["% last year %"]);
        assert!(phrase.is_exact && !conditions("a OR \"b c\"").is_exact);
        assert!(phrase.alone.is_empty() && conditions("a").alone.is_empty() && conditions("a b -c").alone.is_empty());
        assert_eq!(conditions("\"a\" b*").alone.len(), 2);
        assert_eq!(conditions("foo-bar*").phrases, ["% foo bar%"]);
    }
}
