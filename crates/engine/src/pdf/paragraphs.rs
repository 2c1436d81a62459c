//! Lines to text: paragraphs, headings, lists and tables.

use super::aligned::aligned_table;
use super::join::{Joined, join_lines, push_joined};
use super::lists::{begins_item, bullet, continues_list, is_item};
use super::order::Line;
use super::outline::Outline;
use crate::TextSink;
use crate::text::escape_comment;
use std::collections::HashMap;

/// How much text was seen in which size: the commonest is the body's, larger ones are headings.
#[derive(Default)]
pub struct Sizes(HashMap<u32, usize>);

impl Sizes {
    pub fn add(&mut self, lines: &[Line]) {
        for cell in lines.iter().flat_map(|line| &line.cells) {
            *self.0.entry(half_points(cell.size)).or_default() += cell.text.len();
        }
    }

    fn body(&self) -> f64 {
        let commonest = self.0.iter().max_by_key(|&(&size, &count)| (count, size));
        commonest.map_or(10.0, |(&size, _)| f64::from(size) / 2.0)
    }
}

fn half_points(size: f64) -> u32 {
    (size * 2.0).round().clamp(0.0, 10_000.0) as u32
}

/// Line by line as on the page, with an empty line between paragraphs and words made whole.
pub fn write_plain(lines: &[Line], sink: &mut TextSink) {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        match line.table() {
            Some(table) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(table.plain().trim_end());
            }
            None => push_joined(&mut text, &line.text("\t"), '\n'),
        }
        let next = lines.get(at + 1);
        if next.is_some_and(|next| breaks(line, next, lines.get(at.wrapping_sub(1)))) {
            text.push('\n');
        }
    }
    text.push('\n');
    sink.stream_plain(&text);
}

/// What headings are told from.
pub struct Headings<'a> {
    pub sizes: &'a Sizes,
    pub outline: &'a Outline,
    /// The page, from 0.
    pub page: usize,
}

/// The lines of one page as Markdown, in the order in which they are read.
pub fn write_markdown(lines: &[Line], headings: &Headings<'_>, sink: &mut TextSink) {
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let taken = if let Some(table) = first.table() {
            sink.stream_markdown(&table.markdown());
            1
        } else if let Some((table, length)) = aligned_table(rest) {
            sink.stream_markdown(&table.markdown());
            length
        } else {
            let length = paragraph_length(rest, headings);
            let numbered = numbered_heading(rest).filter(|_| length == 1);
            sink.stream_markdown(&paragraph(&rest[..length], numbered, headings));
            length
        };
        rest = &rest[taken..];
    }
}

/// True when a paragraph ends between these two lines.
fn breaks(line: &Line, next: &Line, before: Option<&Line>) -> bool {
    if line.table().is_some() || next.table().is_some() {
        return true;
    }
    let (one, other) = (line.first(), next.first());
    let step = other.baseline - one.baseline;
    let size = one.size.max(other.size).max(0.1);
    if one.angle != other.angle || step <= 0.0 || step > size * 1.9 {
        return true;
    }
    if (one.size - other.size).abs() > size * 0.06 {
        return true;
    }
    let pitch = before.map(|before| one.baseline - before.first().baseline);
    pitch.is_some_and(|pitch| pitch > size * 0.8 && step > pitch * 1.25)
}

fn paragraph_length(lines: &[Line], headings: &Headings<'_>) -> usize {
    if let Some(length) = headings.title_length(lines) {
        return length;
    }
    if numbered_heading(lines).is_some() {
        return 1;
    }
    let mut right = lines[0].end();
    let hangs = is_item(&lines[0].first().text);
    let is_large = headings.is_large(&lines[0]);
    for at in 1..lines.len() {
        let before = at.checked_sub(2).map(|before| &lines[before]);
        let (line, next) = (&lines[at - 1], &lines[at]);
        let indented = next.first().start > line.first().start + line.first().size * 0.9;
        // Items hang, and lines of headings are centred.
        let indented = indented && !(hangs && at == 1) && !is_large;
        let rtl = next.first().text.chars().any(super::bidi::is_rtl);
        right = right.max(next.end());
        if breaks(line, next, before)
            || (indented && !rtl)
            || begins_item(&line.text(" "), &next.first().text)
            || (bullet(&lines[0].first().text).is_some() && bullet(&next.first().text).is_some())
            || continues_list(&lines[0].first().text, &next.first().text)
            || (!rtl && ends_early(line, next, right))
            || headings.title_length(&lines[at..]).is_some()
            || numbered_heading(&lines[at..]).is_some()
            || aligned_table(&lines[at..]).is_some()
        {
            return at;
        }
    }
    lines.len()
}

/// True for a line that ends a sentence well before the right edge, with another one beginning below.
fn ends_early(line: &Line, next: &Line, right: f64) -> bool {
    let left = line.first().start.min(next.first().start);
    let is_short = line.end() < right - (right - left) * 0.2;
    let (Some(last), Some(first)) = (line.last_char(), next.first().text.chars().next()) else { return false };
    // Dots lead to the page numbers of a table of contents.
    let leads = line.text(" ").contains(". . .") || line.text(" ").contains("....");
    (is_short && matches!(last, '.' | '!' | '?' | ':' | '”' | '"') && first.is_uppercase()) || leads
}

/// How deep the heading is that the first of these lines is, by the number it begins with: `2 Method`, `2.1 Data`. It
/// ends early, and not like a sentence, and text that begins anew follows.
fn numbered_heading(lines: &[Line]) -> Option<usize> {
    let [line, next, ..] = lines else { return None };
    if line.cells.len() > 2 || line.table().is_some() || next.table().is_some() {
        return None;
    }
    let text = line.text(" ");
    let (number, words) = text.split_once(' ')?;
    let parts: Vec<&str> = number.strip_suffix('.').unwrap_or(number).split('.').collect();
    let is_number = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_listed = number.ends_with('.') && parts.len() == 1;
    if is_listed || parts.len() > 4 || !parts.iter().all(is_number) {
        return None;
    }
    let is_title = words.chars().next().is_some_and(char::is_uppercase) && words.chars().count() <= 80;
    let ends = words.chars().next_back().is_some_and(char::is_alphanumeric);
    let begins = next.first().text.chars().next().is_some_and(char::is_uppercase);
    let width = next.end() - next.first().start;
    let is_short = line.end() < next.end() - width * 0.15;
    (is_title && ends && begins && is_short && next.cells.len() == 1).then_some(parts.len() + 1)
}

impl Headings<'_> {
    /// How many of the first lines are a title of the outline.
    fn title_length(&self, lines: &[Line]) -> Option<usize> {
        if !self.outline.is_on(self.page) {
            return None;
        }
        (1..=lines.len().min(3)).find(|&count| {
            let is_one = lines[..count].iter().all(|line| line.table().is_none());
            is_one && self.outline.level(self.page, &join_lines(&lines[..count]).plain).is_some()
        })
    }

    fn level(&self, lines: &[Line], text: &str) -> Option<usize> {
        if let Some(level) = self.outline.level(self.page, text) {
            return Some(level);
        }
        let is_short = text.chars().count() <= 120 && lines.len() <= 3;
        if !is_short || text.chars().filter(|c| c.is_alphabetic()).count() < 2 {
            return None;
        }
        let is_title = || {
            let (first, last) = (text.chars().next(), text.chars().next_back());
            let begins = first.is_some_and(|c| c.is_uppercase() || c.is_numeric());
            lines.len() == 1 && begins && last.is_some_and(char::is_alphanumeric) && text.chars().count() <= 60
        };
        match self.ratio(&lines[0]) {
            ratio if ratio >= 1.7 => Some(1),
            ratio if ratio >= 1.3 => Some(2),
            ratio if ratio >= 1.12 => Some(3),
            ratio if ratio >= 1.06 && is_title() => Some(3),
            _ => None,
        }
    }

    fn ratio(&self, line: &Line) -> f64 {
        line.first().size / self.sizes.body().max(0.1)
    }

    fn is_large(&self, line: &Line) -> bool {
        self.ratio(line) >= 1.12
    }
}

/// One block. `numbered` is how deep a heading it is by its number.
fn paragraph(lines: &[Line], numbered: Option<usize>, headings: &Headings<'_>) -> String {
    let Joined { plain, markdown } = join_lines(lines);
    if let Some(item) = bullet(&markdown) {
        return format!("- {}\n\n", item.trim_start());
    }
    match headings.level(lines, &plain).or(numbered) {
        Some(level) => format!("{} {}\n\n", "#".repeat(level), escape_comment(&plain)),
        // Words that begin like a mark of Markdown are none.
        None if markdown.starts_with(['#', '>', '|']) => format!("\\{markdown}\n\n"),
        None => format!("{markdown}\n\n"),
    }
}
