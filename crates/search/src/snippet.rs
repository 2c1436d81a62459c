//! The lines of a page that answer a search, with what was looked for marked. Never markup: whoever shows them decides how.

use crate::language::Language;
use crate::matcher::Matcher;
use std::ops::Range;

/// Characters that a snippet has, about.
const LENGTH: usize = 220;
/// Of those, before the first mark.
const BEFORE: usize = 60;

/// A piece of a text, marked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetPart {
    /// The piece, on one line.
    pub text: String,
    /// It was looked for.
    pub is_marked: bool,
}

/// The lines of a page's text that have the most of what is looked for; its beginning where it has nothing.
pub fn snippet(matcher: &Matcher, text: &str, language: Option<Language>) -> Vec<SnippetPart> {
    let places = matcher.places(text, language);
    let window = window(text, best(text, &places));
    let mut parts = parts(text, &window, &places);
    if window.start > 0 {
        parts.insert(0, SnippetPart { text: "… ".into(), is_marked: false });
    }
    if window.end < text.trim_end().len() {
        parts.push(SnippetPart { text: " …".into(), is_marked: false });
    }
    join(parts)
}

/// All of a short text, such as a name, with marks.
pub fn mark(matcher: &Matcher, text: &str) -> Vec<SnippetPart> {
    join(parts(text, &(0..text.len()), &matcher.places(text, None)))
}

/// Where the snippet's first mark is: that with the most clauses near it, then the most marks.
fn best(text: &str, places: &[(Range<usize>, usize)]) -> usize {
    let mut best = ((0, 0), 0);
    for (at, (place, _)) in places.iter().enumerate() {
        let end = forward(text, place.start, LENGTH - BEFORE);
        let near = places[at..].iter().take_while(|(other, _)| other.end <= end);
        let mut clauses: Vec<usize> = near.map(|(_, clause)| *clause).collect();
        let marks = clauses.len().min(8);
        clauses.sort_unstable();
        clauses.dedup();
        if (clauses.len(), marks) > best.0 {
            best = ((clauses.len(), marks), place.start);
        }
    }
    best.1
}

/// The range around a mark, cut at spaces where there are some.
fn window(text: &str, mark: usize) -> Range<usize> {
    let mut start = text[..mark].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    if start > 0 {
        let space = text[start..mark].find(char::is_whitespace);
        start += space.unwrap_or(0);
    }
    let mut end = forward(text, start, LENGTH);
    if end < text.len() {
        let tail = mark.max(text.floor_char_boundary(end.saturating_sub(60)));
        let space = text.get(tail..end).and_then(|tail| tail.rfind(char::is_whitespace));
        end = space.map_or(end, |space| tail + space);
    }
    start..end.max(start)
}

/// So many characters on.
fn forward(text: &str, from: usize, characters: usize) -> usize {
    text[from..].char_indices().nth(characters).map_or(text.len(), |(at, _)| from + at)
}

fn parts(text: &str, window: &Range<usize>, places: &[(Range<usize>, usize)]) -> Vec<SnippetPart> {
    let mut parts = vec![];
    let mut at = window.start;
    let part = |range: Range<usize>, is_marked| SnippetPart { text: text[range].to_owned(), is_marked };
    for (place, _) in places {
        let (start, end) = (place.start.max(at), place.end.min(window.end));
        if start >= end {
            continue;
        }
        parts.push(part(at..start, false));
        parts.push(part(start..end, true));
        at = end;
    }
    parts.push(part(at..window.end, false));
    parts
}

/// Without lines, doubled spaces, characters that change the direction of what follows, and empty parts; marks that touch are one.
fn join(parts: Vec<SnippetPart>) -> Vec<SnippetPart> {
    let mut joined: Vec<SnippetPart> = vec![];
    let mut is_after_space = true;
    for part in parts {
        let mut text = String::with_capacity(part.text.len());
        for c in part.text.chars() {
            if c.is_whitespace() || c.is_control() {
                if !is_after_space {
                    text.push(' ');
                }
                is_after_space = true;
            } else if !matches!(c as u32, 0x202a..=0x202e | 0x2066..=0x2069) {
                text.push(c);
                is_after_space = false;
            }
        }
        match joined.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.is_marked == part.is_marked => last.text.push_str(&text),
            _ => joined.push(SnippetPart { text, is_marked: part.is_marked }),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Query;
    use proptest::prelude::*;

    /// With marks in brackets.
    fn shown(query: &str, text: &str, tag: &str) -> String {
        let matcher = Matcher::new(&Query::parse(query).unwrap(), None);
        bracketed(&snippet(&matcher, text, Language::tagged(tag)))
    }

    fn bracketed(parts: &[SnippetPart]) -> String {
        parts.iter().map(|part| if part.is_marked { format!("[{}]", part.text) } else { part.text.clone() }).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked() {
        let marked = [
            ("invoice", "Two\n\n  Invoices were paid.", "en", "Two [Invoices] were paid."),
            ("\"net total\"", "Net total: net  total", "en", "[Net total]: [net total]"),
            ("mueller", "Herr Müller", "de", "Herr [Müller]"),
            ("東京都", "私は東京都に住む", "ja", "私は[東京都]に住む"),
            ("京", "東京都", "ja", "東[京]都"),
            ("invo*", "<b>invoicing</b>", "en", "<b>[invoicing]</b>"),
            ("gone", "nothing", "en", "nothing"),
            ("a", "\u{202e}a\u{202c}", "en", "[a]"),
        ];
        for (query, text, tag, expected) in marked {
            assert_eq!(shown(query, text, tag), expected, "{query}");
        }
        let matcher = Matcher::new(&Query::parse("report 2023").unwrap(), None);
        assert_eq!(bracketed(&mark(&matcher, "Report_2023.pdf")), "[Report]_[2023].pdf");
    }

    #[test]
    fn a_long_page_is_shown_where_most_of_it_is() {
        let filler = "nothing to see here ".repeat(50);
        let text = format!("total {filler} the total of one invoice {filler}");
        let found = shown("total invoice", &text, "en");
        assert!(found.starts_with("… ") && found.ends_with(" …"), "{found}");
        assert!(found.contains("the [total] of one [invoice]"), "{found}");
        assert!(found.chars().count() <= LENGTH + 20, "{found}");
    }

    proptest! {
        #[test]
        fn a_snippet_is_part_of_any_text(text in "(\\PC|[a-c東 \n]){0,600}", query in "[abc東]{1,3}") {
            let found = shown(&query, &text, "en");
            prop_assert!(found.chars().count() <= 2 * LENGTH);
        }
    }
}
