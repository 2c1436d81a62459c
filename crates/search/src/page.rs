//! A text as its pages are kept in the index.

use crate::language::Language;
use crate::tokens::{Kind, tokens};
use model::PageSpan;
use std::collections::BTreeSet;
use std::ops::Range;

/// What stands before the stem of a word, after which comes the code of its language: `~enrun`. Alone with the code it says which
/// language a page is in.
pub(crate) const STEM: char = '~';
/// What stands before another way to write a word of the page, which is not part of its sequence of words.
pub(crate) const VARIANT: char = '+';

/// Bytes of a page that are found together. A longer one, such as a text file, is kept in pieces.
const PIECE_BYTES: usize = 16 << 10;
/// Of a text without pages so much is found: what is longer is data, and would be most of the index.
const UNPAGED_BYTES: usize = 2 << 20;

/// One page of a text, or a piece of a long one, as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedPage {
    /// The page's number, counted from 1.
    pub page: u32,
    /// Where it begins in the text, in bytes.
    pub start_byte: u64,
    /// How long it is, in bytes.
    pub size_bytes: u64,
    /// Its words as they are compared, each between spaces, in their order; then the stems of those whose stem is another word,
    /// and other ways to write some of them.
    pub words: String,
}

/// The pages of a text that have any words. Of a text without pages only the first two MiB are found.
pub fn index_pages(text: &str, spans: &[PageSpan], language: Option<Language>) -> Vec<IndexedPage> {
    let pages = byte_ranges(text, spans);
    let text = if pages.len() > 1 { text } else { &text[..text.floor_char_boundary(UNPAGED_BYTES)] };
    let mut indexed = Vec::new();
    for (page, range) in pages {
        for piece in pieces(text, range.start.min(text.len())..range.end.min(text.len())) {
            let Some(words) = words(&text[piece.clone()], language) else { continue };
            let (start_byte, size_bytes) = (piece.start as u64, piece.len() as u64);
            indexed.push(IndexedPage { page, start_byte, size_bytes, words });
        }
    }
    indexed
}

/// Where each page lies, in bytes. Without an index of pages the text is one page.
fn byte_ranges(text: &str, spans: &[PageSpan]) -> Vec<(u32, Range<usize>)> {
    if spans.is_empty() {
        return vec![(1, 0..text.len())];
    }
    let mut ranges = Vec::with_capacity(spans.len());
    let (mut characters, mut bytes) = (0, 0);
    // Pages follow each other, so that the text is walked through once.
    let mut offset = |at: u64| {
        if at < characters {
            return bytes;
        }
        let wanted = usize::try_from(at - characters).unwrap_or(usize::MAX);
        let rest = &text[bytes..];
        let step = rest.char_indices().nth(wanted).map_or(rest.len(), |(step, _)| step);
        (characters, bytes) = (at, bytes + step);
        bytes
    };
    for span in spans {
        let start = offset(span.start);
        let end = offset(span.end).max(start);
        ranges.push((span.page, start..end));
    }
    ranges
}

/// The page cut at ends of lines, or of words, where it is long.
fn pieces(text: &str, mut page: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    std::iter::from_fn(move || {
        if page.is_empty() {
            return None;
        }
        let start = page.start;
        let mut end = page.end;
        if page.len() > PIECE_BYTES {
            let most = text.floor_char_boundary(start + PIECE_BYTES);
            let half = text.floor_char_boundary(start + PIECE_BYTES / 2);
            let tail = &text[half..most];
            let cut = tail.rfind('\n').or_else(|| tail.rfind(char::is_whitespace));
            end = cut.map_or(most, |cut| half + text[half + cut..].chars().next().map_or(1, char::len_utf8) + cut);
        }
        page.start = end;
        Some(start..end)
    })
}

/// The words as they are kept; nothing where there are none.
fn words(text: &str, language: Option<Language>) -> Option<String> {
    let mut words = String::with_capacity(text.len() + text.len() / 4 + 2);
    words.push(' ');
    let mut extras: BTreeSet<String> = BTreeSet::new();
    for token in tokens(text) {
        if token.kind == Kind::Last {
            extras.insert(format!("{VARIANT}{}", token.folded));
            continue;
        }
        if let Some(stem) = language.and_then(|language| stem(language, &token.folded)) {
            extras.insert(stem);
        }
        if let Some(spelled) = token.spelled_out(text) {
            extras.insert(format!("{VARIANT}{spelled}"));
        }
        words.push_str(&token.folded);
        words.push(' ');
    }
    if words.len() == 1 && extras.is_empty() {
        return None;
    }
    extras.extend(language.map(|language| format!("{STEM}{}", language.code())));
    for extra in extras {
        words.push_str(&extra);
        words.push(' ');
    }
    Some(words)
}

/// The stem where it is another word.
fn stem(language: Language, folded: &str) -> Option<String> {
    let stem = language.stem(folded).filter(|stem| stem != folded)?;
    Some(format!("{STEM}{}{stem}", language.code()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(page: u32, start: u64, end: u64) -> PageSpan {
        PageSpan { page, start, end, confidence: None }
    }

    #[test]
    fn pages_are_kept_with_their_words_and_places() {
        let text = "Müller zahlen\u{c}\u{c}東京都";
        let spans = [span(1, 0, 13), span(2, 14, 14), span(3, 15, 18)];
        let kept = |page, start_byte, size_bytes, words: &str| IndexedPage {
            page,
            start_byte,
            size_bytes,
            words: words.into(),
        };
        let pages = index_pages(text, &spans, Language::tagged("de"));
        assert_eq!(pages[0], kept(1, 0, 14, " muller zahlen +mueller ~de ~demull ~dezahl "));
        assert_eq!(pages[1], kept(3, 16, 9, " 東京 京都 +都 ~de "));
        assert_eq!(pages.len(), 2, "a page without words is not kept");
    }

    #[test]
    fn a_long_text_is_kept_in_pieces_that_end_with_lines_and_only_its_beginning() {
        let line = "some words that fill a line of text\n";
        let text = line.repeat(3 * UNPAGED_BYTES / line.len());
        let pieces = index_pages(&text, &[span(1, 0, text.len() as u64)], None);
        assert!(pieces.iter().all(|piece| piece.page == 1 && piece.size_bytes <= PIECE_BYTES as u64));
        let end = pieces.last().unwrap();
        assert_eq!(end.start_byte + end.size_bytes, UNPAGED_BYTES as u64);
        assert!(pieces.iter().all(|piece| (piece.start_byte as usize).is_multiple_of(line.len())));
        let pages = [span(1, 0, 10), span(2, 10, text.len() as u64)];
        let end = index_pages(&text, &pages, None).pop().unwrap();
        assert_eq!(end.start_byte + end.size_bytes, text.len() as u64, "a book is found to its end");
    }

    proptest! {
        #[test]
        fn pieces_cover_a_page_whatever_it_is(text in "(\\PC|[a-z東 \n]){0,400}", times in 1usize..200) {
            let text = text.repeat(times);
            let found: Vec<Range<usize>> = pieces(&text, 0..text.len()).collect();
            prop_assert_eq!(found.iter().map(|piece| piece.len()).sum::<usize>(), text.len());
            for piece in found {
                prop_assert!(text.is_char_boundary(piece.start) && piece.len() <= PIECE_BYTES);
            }
        }

        /// The index of pages is another file than the text, and either may be of another reading.
        #[test]
        fn spans_that_do_not_fit_are_no_harm(text in "\\PC{0,50}", spans in prop::collection::vec((0u64..80, 0u64..80), 0..5)) {
            let spans: Vec<PageSpan> = spans.into_iter().map(|(start, end)| span(1, start, end)).collect();
            index_pages(&text, &spans, None);
        }
    }
}
