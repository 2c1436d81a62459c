//! One document of what was text and what was recognised, page by page in order.

use db::ocr::Page;
use model::PageSpan;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What separates pages in plain text.
const PAGE_BREAK: char = '\u{c}';

/// A document's text as it is stored.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Document {
    pub(super) plain: String,
    pub(super) markdown: String,
    pub(super) pages: Vec<PageSpan>,
}

/// What was recognised, with what is kept beside it.
pub(super) struct Merged {
    pub(super) document: Document,
    /// The recognised pages alone.
    pub(super) recognised: String,
    /// Some of it did not fit.
    pub(super) is_cut: bool,
}

/// Puts recognised pages in the place of those of `base` (what the document's own text gave, if it has any), which has
/// `pages` pages. The text ends at `limit` bytes.
pub(super) fn merge(base: &Document, pages: u32, recognised: &[Page], limit: usize) -> Merged {
    let read: BTreeMap<u32, String> = recognised.iter().map(|page| (page.page, clean(&page.text))).collect();
    let sure = |page: &Page| Some((page.page, page.confidence?.round().clamp(0.0, 100.0) as u8));
    let confidence: BTreeMap<u32, u8> = recognised.iter().filter_map(sure).collect();
    let plain_pages = plain_pages(base);
    let markdown_pages = markdown_pages(&base.markdown, pages);
    let mut made = Document::default();
    let (mut characters, mut is_cut) = (0, false);
    for page in 1..=pages {
        let own = plain_pages.get(&page).copied().unwrap_or_default();
        let (plain, markdown) = match read.get(&page) {
            Some(text) => (text.as_str(), text.as_str()),
            None => (own, markdown_pages.get(&page).copied().unwrap_or(own)),
        };
        // After a cut nothing more: text with a hole in it would be read as whole.
        let room = if is_cut { 0 } else { limit.saturating_sub(made.plain.len()) };
        let kept = &plain[..plain.floor_char_boundary(room)];
        is_cut |= kept.len() < plain.len();
        if page > 1 {
            made.plain.push(PAGE_BREAK);
            characters += 1;
        }
        made.plain.push_str(kept);
        let end = characters + kept.chars().count() as u64;
        made.pages.push(PageSpan { page, start: characters, end, confidence: confidence.get(&page).copied() });
        characters = end;
        if made.markdown.len() + markdown.len() <= limit {
            made.markdown.push_str(&format!("{}\n\n{}\n\n", anchor(page), markdown.trim_matches('\n')));
        } else {
            is_cut = true;
        }
    }
    let break_of = PAGE_BREAK.to_string();
    let recognised = read.into_values().collect::<Vec<_>>().join(&break_of);
    Merged { document: made, recognised, is_cut }
}

fn anchor(page: u32) -> String {
    format!("<!-- page: {page} -->")
}

/// As all our text is: NFC, without control characters, ending with a line end; and without what could be taken for one of
/// our page anchors.
fn clean(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let text: String = kept.nfc().collect();
    let text = text.trim().replace("<!--", "<! --");
    if text.is_empty() { text } else { text + "\n" }
}

fn plain_pages(base: &Document) -> BTreeMap<u32, &str> {
    // Offsets count characters; one walk over the text finds the bytes of all of them.
    let mut places = base.plain.char_indices().map(|(byte, _)| byte).chain([base.plain.len()]).enumerate();
    let mut byte_at = |character: u64| {
        places.by_ref().find(|(at, _)| *at as u64 >= character).map_or(base.plain.len(), |(_, byte)| byte)
    };
    let mut pages = BTreeMap::new();
    let mut last: Option<(u64, usize)> = None;
    for span in &base.pages {
        // A page may begin where the last one ended, and the walk does not turn back.
        let start = match last {
            Some((character, byte)) if character == span.start => byte,
            _ => byte_at(span.start),
        };
        let end = if span.end == span.start { start } else { byte_at(span.end) };
        last = Some((span.end, end));
        pages.insert(span.page, base.plain.get(start..end).unwrap_or_default());
    }
    pages
}

fn markdown_pages(markdown: &str, pages: u32) -> BTreeMap<u32, &str> {
    let mut found = BTreeMap::new();
    let mut rest = markdown;
    let mut open: Option<u32> = None;
    for page in 1..=pages {
        let Some((before, after)) = rest.split_once(anchor(page).as_str()) else { continue };
        if let Some(open) = open {
            found.insert(open, before);
        }
        (open, rest) = (Some(page), after);
    }
    if let Some(open) = open {
        found.insert(open, rest);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: u32, text: &str) -> Page {
        Page { page, text: text.into(), confidence: None, failure: None }
    }

    fn base() -> Document {
        let span = |page, start, end| PageSpan { page, start, end, confidence: None };
        Document {
            plain: "Öne\n\u{c}\u{c}three\n".into(),
            markdown: "<!-- page: 1 -->\n\n# Öne\n\n\n<!-- page: 2 -->\n\n\n<!-- page: 3 -->\n\nthree\n".into(),
            pages: vec![span(1, 0, 4), span(2, 5, 5), span(3, 6, 12)],
        }
    }

    #[test]
    fn recognised_pages_stand_between_pages_of_text() {
        let made = merge(&base(), 3, &[read(2, "two\0 <!-- page: 9 -->")], 1000);
        assert_eq!(made.document.plain, "Öne\n\u{c}two <! -- page: 9 -->\n\u{c}three\n");
        assert_eq!(
            made.document.markdown,
            "<!-- page: 1 -->\n\n# Öne\n\n<!-- page: 2 -->\n\ntwo <! -- page: 9 -->\n\n<!-- page: 3 -->\n\nthree\n\n"
        );
        let spans: Vec<_> = made.document.pages.iter().map(|span| (span.page, span.start, span.end)).collect();
        assert_eq!(spans, [(1, 0, 4), (2, 5, 27), (3, 28, 34)]);
        assert_eq!((made.recognised.as_str(), made.is_cut), ("two <! -- page: 9 -->\n", false));
        // What was made is as good a base as what it was made of.
        assert_eq!(merge(&made.document, 3, &[read(2, "zwei")], 1000).document.plain, "Öne\n\u{c}zwei\n\u{c}three\n");
    }

    #[test]
    fn a_scan_has_recognised_pages_alone() {
        let made = merge(&Document::default(), 2, &[read(1, "e\u{301}tude"), read(2, "")], 1000);
        assert_eq!(made.document.plain, "étude\n\u{c}");
        assert_eq!(made.document.markdown, "<!-- page: 1 -->\n\nétude\n\n<!-- page: 2 -->\n\n\n\n");
    }

    #[test]
    fn text_ends_at_its_limit() {
        let made = merge(&Document::default(), 2, &[read(1, &"é".repeat(30)), read(2, "more")], 41);
        assert!(made.is_cut);
        assert_eq!(made.document.plain, format!("{}\u{c}", "é".repeat(20)));
    }
}
