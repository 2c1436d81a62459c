//! How a page answers a search: whether it does, how well, and where in its text.

use crate::language::Language;
use crate::page::{STEM, VARIANT};
use crate::query::{Query, Term, TermKind};
use crate::tokens::{Kind, Token, tokens};
use crate::tsquery::languages;
use std::ops::Range;

/// Words of a page of ordinary length: those of longer ones count less.
const USUAL_WORDS: f32 = 350.0;
/// What a word in another form counts, where the word itself is 1.
const RELATED: f32 = 0.6;
/// What two words beside each other add.
const NEAR: f32 = 0.5;
/// Places of a word that are compared with those of others.
const MOST_PLACES: usize = 64;

/// A search, made ready to look through pages.
#[derive(Debug, Clone)]
pub struct Matcher {
    clauses: Vec<Vec<Form>>,
    excluded: Vec<Form>,
}

/// What a term is in texts.
#[derive(Debug, Clone)]
enum Form {
    One { written: Vec<String>, is_beginning: bool, stems: Vec<(Language, String)> },
    Several { words: Vec<String>, is_open: bool },
}

/// How a page answers one term.
#[derive(Default)]
struct Found {
    /// Numbers of the words, the first of them.
    places: Vec<usize>,
    count: usize,
    /// In another form.
    is_related: bool,
}

impl Matcher {
    /// For texts in that language, or in any.
    pub fn new(query: &Query, language: Option<Language>) -> Self {
        let forms = |terms: &Vec<Term>| terms.iter().map(|term| Form::of(term, language)).collect();
        Self { clauses: query.clauses.iter().map(forms).collect(), excluded: forms(&query.excluded) }
    }

    /// How well a page answers, by its [words](crate::IndexedPage::words): some number above 0, the higher the better. Nothing when it
    /// does not.
    pub fn score(&self, words: &str) -> Option<f32> {
        let (sequence, extras) = sequence_and_extras(words);
        if self.excluded.iter().any(|form| form.find(&sequence, &extras).is_there()) {
            return None;
        }
        let mut score = 0.0;
        let mut before: Option<Vec<usize>> = None;
        for clause in &self.clauses {
            let best = best(clause, &sequence, &extras)?;
            score += best.weight(sequence.len());
            if let Some(gap) = before.as_ref().and_then(|before| smallest_gap(before, &best.places)) {
                score += NEAR / gap as f32;
            }
            before = Some(best.places);
        }
        Some(score / self.clauses.len() as f32)
    }

    /// The same for a page that needs to have only some of what is looked for: the rest is on others.
    pub fn score_part(&self, words: &str) -> f32 {
        let (sequence, extras) = sequence_and_extras(words);
        let found = self.clauses.iter().filter_map(|clause| best(clause, &sequence, &extras));
        found.map(|best| best.weight(sequence.len())).sum::<f32>() / self.clauses.len() as f32
    }

    /// Where a text of that language has what is looked for, in bytes and in its order, and which of the clauses that answers.
    pub(crate) fn places(&self, text: &str, language: Option<Language>) -> Vec<(Range<usize>, usize)> {
        let tokens: Vec<Token<'_>> = tokens(text).collect();
        let mut places = vec![];
        for (number, clause) in self.clauses.iter().enumerate() {
            for form in clause {
                places.extend(form.places(&tokens, text, language).into_iter().map(|place| (place, number)));
            }
        }
        places.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
        places
    }
}

impl Form {
    fn of(term: &Term, language: Option<Language>) -> Self {
        let written =
            |spelled: &Option<String>| term.words.first().into_iter().chain(spelled).cloned().collect::<Vec<_>>();
        match &term.kind {
            TermKind::Phrase { is_open } => Self::Several { words: term.words.clone(), is_open: *is_open },
            TermKind::Beginning => Self::One { written: written(&None), is_beginning: true, stems: vec![] },
            TermKind::Exact { spelled_out } => {
                Self::One { written: written(spelled_out), is_beginning: false, stems: vec![] }
            }
            TermKind::Stemmed { spelled_out } => {
                let stem = |language: Language| Some((language, language.stem(&term.words[0])?));
                let stems = languages(language).filter_map(stem).collect();
                Self::One { written: written(spelled_out), is_beginning: false, stems }
            }
        }
    }

    fn find(&self, sequence: &[&str], extras: &[&str]) -> Found {
        let mut found = Found::default();
        match self {
            Self::One { written, is_beginning, stems } => {
                let is_in = |code: &str| extras.iter().any(|extra| extra.strip_prefix(STEM) == Some(code));
                let stem = stems.iter().find(|(language, _)| is_in(language.code()));
                let is_it = |word: &str| {
                    written.iter().any(|one| one == word || (*is_beginning && word.starts_with(one.as_str())))
                };
                for (place, word) in sequence.iter().enumerate() {
                    if is_it(word) {
                        found.add(place);
                    } else if stem.is_some_and(|(_, stem)| stem == word) {
                        found.is_related = true;
                    }
                }
                found.is_related |= extras.iter().any(|extra| match extra.strip_prefix(VARIANT) {
                    Some(word) => is_it(word),
                    None => stem.is_some_and(|(language, stem)| {
                        let extra = extra.strip_prefix(STEM).and_then(|extra| extra.strip_prefix(language.code()));
                        extra == Some(stem.as_str())
                    }),
                });
            }
            Self::Several { words, is_open } => {
                for (place, window) in sequence.windows(words.len()).enumerate() {
                    if is_phrase(words, *is_open, window.iter().copied()) {
                        found.add(place);
                    }
                }
            }
        }
        found
    }

    fn places(&self, tokens: &[Token<'_>], text: &str, language: Option<Language>) -> Vec<Range<usize>> {
        match self {
            Self::One { written, is_beginning, stems } => {
                let stem = stems.iter().find(|(of, _)| Some(*of) == language);
                let is_it = |token: &Token<'_>| {
                    let is_written = |one: &String| {
                        *one == token.folded || (*is_beginning && token.folded.starts_with(one.as_str()))
                    };
                    written.iter().any(is_written)
                        || token.spelled_out(text).is_some_and(|spelled| written.contains(&spelled))
                        || stem.is_some_and(|(language, stem)| language.stem(&token.folded).as_ref() == Some(stem))
                };
                let range = |token: &Token<'_>| match (token.kind, *is_beginning) {
                    // The character that was looked for, and not the one after it.
                    (Kind::Pair, true) => {
                        let first = text[token.range.clone()].chars().next().map_or(0, char::len_utf8);
                        token.range.start..token.range.start + first
                    }
                    _ => token.range.clone(),
                };
                tokens.iter().filter(|token| is_it(token)).map(range).collect()
            }
            Self::Several { words, is_open } => {
                let sequence: Vec<&Token<'_>> = tokens.iter().filter(|token| token.kind != Kind::Last).collect();
                let windows = sequence.windows(words.len());
                let windows = windows
                    .filter(|window| is_phrase(words, *is_open, window.iter().map(|token| token.folded.as_ref())));
                windows.map(|window| window[0].range.start..window[words.len() - 1].range.end).collect()
            }
        }
    }
}

/// The words of a page in their order, and what stands behind them: stems and other ways to write some of them.
fn sequence_and_extras(words: &str) -> (Vec<&str>, Vec<&str>) {
    let mut sequence: Vec<&str> = words.split_ascii_whitespace().collect();
    let first_extra = sequence.iter().position(|word| word.starts_with([STEM, VARIANT])).unwrap_or(sequence.len());
    let extras = sequence.split_off(first_extra);
    (sequence, extras)
}

/// The best answer to one of several terms; nothing when the page has none of them.
fn best(clause: &[Form], sequence: &[&str], extras: &[&str]) -> Option<Found> {
    let found = clause.iter().map(|form| form.find(sequence, extras)).filter(Found::is_there);
    found.max_by(|a, b| a.weight(sequence.len()).total_cmp(&b.weight(sequence.len())))
}

fn is_phrase<'a>(words: &[String], is_open: bool, window: impl Iterator<Item = &'a str>) -> bool {
    words.iter().zip(window).enumerate().all(|(at, (word, found))| {
        word == found || (is_open && at + 1 == words.len() && found.starts_with(word.as_str()))
    })
}

impl Found {
    fn add(&mut self, place: usize) {
        self.count += 1;
        if self.places.len() < MOST_PLACES {
            self.places.push(place);
        }
    }

    fn is_there(&self) -> bool {
        self.count > 0 || self.is_related
    }

    /// Between 0 and 1: the more often the word is there, the less each time more counts (as in BM25).
    fn weight(&self, words: usize) -> f32 {
        let count = self.count as f32;
        let often = count / (count + 0.5 + 0.5 * words as f32 / USUAL_WORDS);
        if self.is_related { often.max(RELATED * 0.5) } else { often }
    }
}

/// The fewest words from one to the other, 1 when they are beside each other.
fn smallest_gap(some: &[usize], others: &[usize]) -> Option<usize> {
    some.iter().flat_map(|a| others.iter().map(move |b| a.abs_diff(*b))).filter(|gap| *gap > 0).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index_pages;

    fn score(query: &str, text: &str, tag: &str) -> Option<f32> {
        let language = Language::tagged(tag);
        let page = index_pages(text, &[], language).pop().unwrap();
        Matcher::new(&Query::parse(query).unwrap(), None).score(&page.words)
    }

    #[test]
    fn pages_answer_what_they_have() {
        let yes = [
            ("invoice", "Two invoices were paid", "en"),
            ("invoices", "one invoice", "en"),
            ("mueller", "Herr Müller", "de"),
            ("Müller", "Herr Mueller", "de"),
            ("muller", "Herr Müller", "xx"),
            ("\"two invoices\"", "Two, invoices were paid", "en"),
            ("gone OR paid", "Two invoices were paid", "en"),
            ("invo*", "Two invoices", "en"),
            ("京都", "東京都に住む", "ja"),
            ("都", "東京都", "ja"),
            ("東京都", "東京都に住む", "ja"),
            ("한국", "한국어는", "ko"),
            ("الكتاب", "قرأت الكِتَابَ", "ar"),
        ];
        for (query, text, tag) in yes {
            assert!(score(query, text, tag).is_some(), "{query}: {text}");
        }
        let no = [
            ("invoice -paid", "Two invoices were paid", "en"),
            ("\"invoice\"", "Two invoices were paid", "en"),
            ("\"invoices two\"", "Two invoices were paid", "en"),
            ("run", "running in another language", "de"),
            ("muller", "Herr Mueller", "de"),
            ("京東", "東京都", "ja"),
            ("two three", "Two invoices", "en"),
        ];
        for (query, text, tag) in no {
            assert_eq!(score(query, text, tag), None, "{query}: {text}");
        }
    }

    #[test]
    fn what_answers_better_scores_higher() {
        let better = |query: &str, one: &str, other: &str| {
            let (one, other) = (score(query, one, "en").unwrap(), score(query, other, "en").unwrap());
            assert!(one > other, "{query}: {one} and {other}");
        };
        better("invoice", "invoice and invoice", "an invoice here");
        better("invoice", "an invoice here", "some invoices here");
        better("net total", "the net total is", "net is not the same as the total");
        let long = format!("invoice {}", "word ".repeat(2000));
        better("invoice", "invoice word", &long);
        let matcher = Matcher::new(&Query::parse("net total").unwrap(), None);
        assert!(matcher.score_part(" net ") > 0.0 && matcher.score_part(" net total ") > matcher.score_part(" net "));
        assert_eq!(matcher.score_part(" gross "), 0.0);
    }
}
