//! The headings of a text: read from its Markdown, found again in the plain text.

use model::PageSpan;
use std::collections::HashMap;

/// Most characters of a heading that are kept.
const LONGEST_TITLE: usize = 200;
/// Most characters of a link's target.
const LONGEST_TARGET: usize = 2000;
/// Most headings. A text of more is headings and nothing else; it is cut as one that has none, or they would take tens of times
/// the memory of the text.
const MAX_HEADINGS: usize = 100_000;

/// A heading, where it begins in the plain text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub byte: usize,
    pub level: usize,
    pub title: String,
}

/// Every heading that is found again, in order; none at all when there are more than [`MAX_HEADINGS`].
pub(super) fn headings(text: &str, pages: &[PageSpan], markdown: &str) -> Vec<Heading> {
    let written = written(markdown);
    if written.len() > MAX_HEADINGS {
        return vec![];
    }
    let mut written = written.into_iter().peekable();
    let mut found = vec![];
    // Pages are separated by a form feed, and no page has one in it.
    let mut start = 0;
    for (index, page_text) in text.split('\u{c}').enumerate() {
        let number = pages.get(index).map_or(index as u32 + 1, |span| span.page);
        let mut of_page = vec![];
        while let Some(heading) = written.next_if(|heading| heading.page <= number) {
            if heading.page == number {
                of_page.push(heading);
            }
        }
        locate(page_text, start, of_page, &mut found);
        start += page_text.len() + 1;
    }
    found
}

/// A heading as Markdown has it.
struct Written {
    page: u32,
    level: usize,
    title: String,
}

/// The headings of a Markdown text, those in code left out. Stops when they are too many.
fn written(markdown: &str) -> Vec<Written> {
    let (mut page, mut fence, mut found) = (1, None, vec![]);
    for line in markdown.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let bare = line.trim();
        if let Some(open) = fence {
            if closes(bare, open) {
                fence = None;
            }
        } else if let Some(number) = bare.strip_prefix("<!-- page: ").and_then(|rest| rest.strip_suffix(" -->")) {
            page = number.parse().unwrap_or(page);
        } else if indent <= 3 {
            fence = opens(bare);
            let (level, words) = parse(bare);
            let title = if level > 0 { plain(words) } else { String::new() };
            if !title.is_empty() {
                found.push(Written { page, level, title });
                if found.len() > MAX_HEADINGS {
                    break;
                }
            }
        }
    }
    found
}

/// The level of a heading, 0 for any other line, and its words without the signs around them.
fn parse(line: &str) -> (usize, &str) {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    if !(1..=6).contains(&level) || !words.starts_with([' ', '\t']) {
        return (0, line);
    }
    // A closing sequence stands by itself: `C#` keeps its sign.
    let open = words.trim_end_matches('#');
    (level, if open.ends_with([' ', '\t']) { open } else { words })
}

/// The sign and the length of a code fence that opens here.
fn opens(line: &str) -> Option<(char, usize)> {
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = line.trim_start_matches(sign);
    let length = line.len() - rest.len();
    (length >= 3 && !(sign == '`' && rest.contains('`'))).then_some((sign, length))
}

fn closes(line: &str, (sign, length): (char, usize)) -> bool {
    line.len() >= length && line.chars().all(|c| c == sign)
}

/// A line's words without the signs of Markdown, for comparison and for display: links by their label, no emphasis.
fn plain(line: &str) -> String {
    let mut words = String::with_capacity(line.len().min(4 * LONGEST_TITLE));
    let mut rest = line.trim();
    while let Some(c) = rest.chars().next() {
        if words.chars().count() >= LONGEST_TITLE {
            break;
        }
        let after = &rest[c.len_utf8()..];
        rest = after;
        match c {
            '*' | '`' | '[' => {}
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation()) => {
                words.push_str(&after[..1]);
                rest = &after[1..];
            }
            ']' => rest = after_target(after).unwrap_or(after),
            '&' if after.starts_with("lt;") => {
                words.push('<');
                rest = &after[3..];
            }
            c if c.is_whitespace() => {
                if !words.ends_with(' ') {
                    words.push(' ');
                }
            }
            c => words.push(c),
        }
    }
    words.truncate(words.trim_end().len());
    words
}

/// What comes after the target of a link, if here is one. Targets have bounds, so that a line of brackets costs no more than others.
fn after_target(text: &str) -> Option<&str> {
    let target = text.strip_prefix('(')?;
    let end = target.char_indices().take(LONGEST_TARGET).find(|&(_, c)| c == ')')?.0;
    Some(&target[end + 1..])
}

/// Finds the headings of one page, each after the one before. What is kept grows with the headings and not with the lines, which can
/// be millions.
fn locate(page: &str, start: usize, written: Vec<Written>, found: &mut Vec<Heading>) {
    // Where each title is last, so that one that does not come again is not looked for to the end of the page.
    let mut last: HashMap<String, Option<usize>> =
        written.iter().map(|heading| (heading.title.clone(), None)).collect();
    if last.is_empty() {
        return;
    }
    for (words, byte) in lines(page, start) {
        if let Some(position) = last.get_mut(&words) {
            *position = Some(byte);
        }
    }
    let (mut lines, mut after) = (lines(page, start), start);
    for Written { level, title, .. } in written {
        if last[&title].is_none_or(|position| position < after) {
            continue;
        }
        if let Some((_, byte)) = lines.by_ref().find(|(words, _)| *words == title) {
            after = byte + 1;
            found.push(Heading { byte, level, title });
        }
    }
}

/// The lines that have words, without the signs of Markdown, and where the words begin.
fn lines(page: &str, start: usize) -> impl Iterator<Item = (String, usize)> {
    let mut offset = start;
    page.split('\n').filter_map(move |line| {
        let byte = offset + line.len() - line.trim_start().len();
        offset += line.len() + 1;
        // Where Markdown is passed through, its signs are in the plain text too.
        let words = plain(parse(line.trim()).1);
        (!words.is_empty()).then_some((words, byte))
    })
}
