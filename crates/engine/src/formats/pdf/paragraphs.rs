//! Lines to text: paragraphs, headings, lists and tables.

use super::aligned::aligned_table;
use super::join::{Joined, join_lines, push_joined};
use super::listings::{begins_listing, is_typed, listing};
use super::lists::{begins_item, bullet, continues_list, is_item};
use super::order::Line;
use super::outline::Outline;
use crate::TextSink;
use crate::text::escape_comment;
use std::collections::HashMap;

/// How much text was seen in which size: the commonest is the body's, larger ones are headings.
#[derive(Default)]
pub struct Sizes {
    lengths: HashMap<u32, usize>,
    /// How often numbered titles of each depth were seen in which size.
    titles: HashMap<u32, [usize; DEEPEST]>,
    /// How much of the text is in a font of one pitch, and how much there is.
    typed: usize,
    all: usize,
}

/// Parts that the number of a section may have.
const DEEPEST: usize = 4;

impl Sizes {
    pub fn add(&mut self, lines: &[Line]) {
        for cell in lines.iter().flat_map(|line| &line.cells) {
            *self.lengths.entry(half_points(cell.size)).or_default() += cell.text.len();
            self.typed += if is_typed(cell) { cell.text.len() } else { 0 };
            self.all += cell.text.len();
        }
        for line in lines.iter().filter(|line| line.first().text.starts_with(|c: char| c.is_ascii_digit())) {
            if let Some((depth, _)) = section(&line.text(" ")) {
                self.titles.entry(half_points(line.first().size)).or_default()[depth - 1] += 1;
            }
        }
    }

    fn body(&self) -> f64 {
        let commonest = self.lengths.iter().max_by_key(|&(&size, &count)| (count, size));
        commonest.map_or(10.0, |(&size, _)| f64::from(size) / 2.0)
    }

    /// True when the titles of this size that have a number are mostly those of whole sections.
    fn are_sections(&self, size: f64) -> bool {
        let counts = self.titles.get(&half_points(size));
        counts.is_some_and(|[sections, deeper @ ..]| *sections > deeper.iter().copied().max().unwrap_or(0))
    }

    /// True when a typewriter wrote it all, so that its letters tell no listing from the rest.
    fn are_typed(&self) -> bool {
        self.typed * 2 > self.all
    }
}

fn half_points(size: f64) -> u32 {
    (size * 2.0).round().clamp(0.0, 10_000.0) as u32
}

/// Line by line as on the page, with an empty line between paragraphs and words made whole.
pub fn write_plain(lines: &[Line], sink: &mut TextSink) {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        match line.table() {
            Some(table) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(table.plain().trim_end());
            }
            None => push_joined(&mut text, &line.text("\t"), '\n'),
        }
        let next = lines.get(index + 1);
        if next.is_some_and(|next| breaks(line, next, lines.get(index.wrapping_sub(1)))) {
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
        } else if let Some((code, length)) = headings.listing(rest) {
            sink.stream_markdown(&code);
            length
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
            || (!rtl && (ends_early(line, next, right) || stands_out(line, next, right)))
            || (!rtl && !is_large && stands_alone(line, &lines[at..], right))
            || headings.title_length(&lines[at..]).is_some()
            || numbered_heading(&lines[at..]).is_some()
            || headings.begins_listing(&lines[at..])
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

/// True for a line without an end that left room for more words, with a full line of running text below: a title in the
/// letters of the text, such as an italic one.
fn stands_alone(line: &Line, below: &[Line], right: f64) -> bool {
    let [next, after, ..] = below else { return false };
    if breaks(next, after, Some(line)) || !after.first().text.starts_with(char::is_lowercase) {
        return false;
    }
    let start = next.first().start;
    let (width, room) = (right - line.first().start.min(start), right - line.end());
    let (text, below) = (line.text(" "), next.text(" "));
    let ends = text.ends_with(|c: char| c.is_alphanumeric() || c == ')') && !text.contains(". .");
    let length = |text: &str| text.chars().count().max(1) as f64;
    let word = (next.end() - start) * length(below.split(' ').next().unwrap_or_default()) / length(&below);
    ends && below.starts_with(char::is_uppercase)
        && next.end() > right - width * 0.1
        && room > (width * 0.3).max(word * 1.5 + line.first().size * 2.0)
}

/// True when a sentence ends and a short line begins further left, as the title of a remark does.
fn stands_out(line: &Line, next: &Line, right: f64) -> bool {
    let (one, other) = (line.first(), next.first());
    let is_short = next.end() < right - (right - other.start) * 0.4;
    let ends = line.last_char().is_some_and(|last| matches!(last, '.' | '!' | '?' | ':'));
    let is_title = next.last_char().is_some_and(|last| last.is_alphanumeric() || last == ')');
    is_short
        && ends
        && is_title
        && other.start < one.start - one.size * 0.9
        && other.text.starts_with(char::is_uppercase)
}

/// How deep the heading is that the first of these lines is, by the number it begins with: `2 Method`, `2.1 Data`. It
/// ends early, and not like a sentence, and text that begins anew follows.
fn numbered_heading(lines: &[Line]) -> Option<usize> {
    let [line, next, ..] = lines else { return None };
    if line.cells.len() > 2 || line.table().is_some() || next.table().is_some() {
        return None;
    }
    let (depth, is_listed) = section(&line.text(" "))?;
    let begins = next.first().text.chars().next().is_some_and(char::is_uppercase);
    let width = next.end() - next.first().start;
    let is_short = line.end() < next.end() - width * 0.15;
    (!is_listed && begins && is_short && next.cells.len() == 1).then_some(depth + 1)
}

/// How deep the section is whose title this is, by its number, and whether the number may be that of a list's item.
fn section(text: &str) -> Option<(usize, bool)> {
    let (number, words) = text.split_once(' ')?;
    let parts: Vec<&str> = number.strip_suffix('.').unwrap_or(number).split('.').collect();
    let is_number = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_title = words.chars().next().is_some_and(char::is_uppercase) && words.chars().count() <= 80;
    let ends = words.chars().next_back().is_some_and(char::is_alphanumeric);
    let is_section = is_title && ends && parts.len() <= DEEPEST && parts.iter().all(is_number);
    is_section.then_some((parts.len(), number.ends_with('.') && parts.len() == 1))
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
        // Sizes near the body's say little about the depth; numbers say it, also of titles that have none themselves. An
        // outline counts its levels in its own way.
        let depth = || match section(text).filter(|_| self.outline.is_empty()) {
            Some((depth, _)) => depth,
            None if self.outline.is_empty() && self.sizes.are_sections(lines[0].first().size) => 1,
            None => 2,
        };
        match self.ratio(&lines[0]) {
            ratio if ratio >= 1.7 => Some(1),
            ratio if ratio >= 1.3 => Some(2),
            ratio if ratio >= 1.12 => Some((depth() + 1).min(3)),
            ratio if ratio >= 1.06 && is_title() => Some(depth() + 1),
            _ => None,
        }
    }

    fn listing(&self, lines: &[Line]) -> Option<(String, usize)> {
        self.begins_listing(lines).then(|| listing(lines)).flatten()
    }

    fn begins_listing(&self, lines: &[Line]) -> bool {
        begins_listing(lines)
            && !self.sizes.are_typed()
            && !self.is_large(&lines[0])
            && self.title_length(lines).is_none()
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
