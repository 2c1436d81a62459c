//! Lines to text: words joined over line ends, paragraphs, headings, lists and tables.

use super::order::Line;
use crate::TextSink;
use crate::text::table_row;
use std::collections::HashMap;

/// How much text was seen in which size: the commonest is the body's, larger ones are headings.
#[derive(Default)]
pub struct Sizes(HashMap<u32, usize>);

impl Sizes {
    fn add(&mut self, lines: &[Line]) {
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

/// Writes the lines of one page, in the order in which they are read.
pub fn write_page(lines: &[Line], sizes: &mut Sizes, sink: &mut TextSink) {
    sizes.add(lines);
    sink.stream_plain(&plain(lines));
    let body = sizes.body();
    let mut rest = lines;
    while !rest.is_empty() {
        let table = table_length(rest);
        let block = if table > 0 { table } else { paragraph_length(rest) };
        let (block, after) = rest.split_at(block);
        sink.stream_markdown(&if table > 0 { table_markdown(block) } else { paragraph_markdown(block, body) });
        rest = after;
    }
}

/// Line by line as on the page, with an empty line between paragraphs and words made whole.
fn plain(lines: &[Line]) -> String {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        push_joined(&mut text, &line.text("\t"), '\n');
        let next = lines.get(at + 1);
        if next.is_none_or(|next| breaks(line, next, lines.get(at.wrapping_sub(1)))) && next.is_some() {
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

/// What a word is broken with at the end of a line: hyphen-minus, soft hyphen, hyphen.
const HYPHENS: [char; 3] = ['-', '\u{ad}', '\u{2010}'];

/// Adds a line after a separator, or right after the half of a word that the line before ended with.
fn push_joined(text: &mut String, line: &str, separator: char) {
    if text.is_empty() {
        text.push_str(line);
        return;
    }
    let before = text.trim_end_matches(HYPHENS).chars().next_back();
    let half_word = text.ends_with(HYPHENS) && before.is_some_and(char::is_alphanumeric);
    let next = line.chars().next().filter(|c| c.is_alphanumeric());
    match (half_word, next) {
        // A hyphen between small letters was put there by the line end; another one belongs to the word.
        (true, Some(next)) => {
            if next.is_lowercase() && before.is_some_and(char::is_lowercase) || text.ends_with('\u{ad}') {
                text.pop();
            }
        }
        _ if text.chars().next_back().is_some_and(is_unspaced) && line.chars().next().is_some_and(is_unspaced) => {
            if separator != ' ' {
                text.push(separator);
            }
        }
        _ => text.push(separator),
    }
    text.push_str(line);
}

/// Scripts that have no spaces between words, whose lines join without one.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x2e80..=0x9fff | 0xf900..=0xfaff | 0xff00..=0xffef | 0x20000..=0x3ffff | 0x0e00..=0x0e7f)
}

/// True when a paragraph ends between these two lines.
fn breaks(line: &Line, next: &Line, before: Option<&Line>) -> bool {
    let (one, other) = (line.first(), next.first());
    let step = other.baseline - one.baseline;
    let size = one.size.max(other.size).max(0.1);
    if one.angle != other.angle || step <= 0.0 || step > size * 1.9 {
        return true;
    }
    if (one.size - other.size).abs() > size * 0.12 {
        return true;
    }
    let pitch = before.map(|before| one.baseline - before.first().baseline);
    pitch.is_some_and(|pitch| pitch > size * 0.8 && step > pitch * 1.25)
}

fn paragraph_length(lines: &[Line]) -> usize {
    for at in 1..lines.len() {
        let before = at.checked_sub(2).map(|before| &lines[before]);
        let (line, next) = (&lines[at - 1], &lines[at]);
        let indented = next.first().start > line.first().start + line.first().size * 0.9;
        let rtl = next.first().text.chars().any(super::bidi::is_rtl);
        if breaks(line, next, before) || (indented && !rtl) || bullet(&next.first().text).is_some() {
            return at;
        }
        if table_length(&lines[at..]) > 0 {
            return at;
        }
    }
    lines.len()
}

fn paragraph_markdown(lines: &[Line], body: f64) -> String {
    let mut text = String::new();
    for line in lines {
        push_joined(&mut text, &line.text(" "), ' ');
    }
    let size = lines[0].first().size;
    let is_short = text.chars().count() <= 120 && lines.len() <= 3;
    let level = match size / body.max(0.1) {
        ratio if ratio >= 1.7 => "# ",
        ratio if ratio >= 1.3 => "## ",
        ratio if ratio >= 1.12 => "### ",
        _ => "",
    };
    let text = crate::text::escape_comment(&text);
    if let Some(item) = bullet(&text) {
        return format!("- {}\n\n", item.trim_start());
    }
    if !level.is_empty() && is_short && text.chars().any(char::is_alphabetic) {
        return format!("{level}{text}\n\n");
    }
    format!("{text}\n\n")
}

/// What follows a bullet.
fn bullet(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let is_bullet = matches!(first, '•' | '▪' | '◦' | '‣' | '●' | '○' | '■' | '➢' | '✓' | '∙' | '·');
    is_bullet.then_some(chars.as_str()).filter(|rest| rest.starts_with(' '))
}

/// How many lines from here are rows of one table: as many cells in each, standing below each other.
fn table_length(lines: &[Line]) -> usize {
    let columns = lines[0].cells.len();
    if columns < 2 {
        return 0;
    }
    let rows = 1 + lines.windows(2).take_while(|pair| is_same_table(&pair[0], &pair[1])).count();
    let enough = if columns > 2 { 2 } else { 3 };
    if rows >= enough { rows } else { 0 }
}

fn is_same_table(row: &Line, next: &Line) -> bool {
    let (one, other) = (row.first(), next.first());
    let step = other.baseline - one.baseline;
    let near = step > 0.0 && step < one.size.max(other.size) * 4.0 && one.angle == other.angle;
    near && row.cells.len() == next.cells.len()
        && row.cells.iter().zip(&next.cells).all(|(above, below)| {
            let slack = above.size;
            let middle = |start: f64, end: f64| (start + end) / 2.0;
            (above.start - below.start).abs() < slack
                || (above.end - below.end).abs() < slack
                || (middle(above.start, above.end) - middle(below.start, below.end)).abs() < slack
        })
}

fn table_markdown(rows: &[Line]) -> String {
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        table_row(&mut text, &cells, at == 0);
    }
    text.push('\n');
    text
}
