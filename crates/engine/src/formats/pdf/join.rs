//! Lines to running text: words made whole over line ends, links kept.

use super::order::Line;
use super::segments::Segment;
use crate::text::escape_comment;

/// Text in both renditions.
#[derive(Debug, Default, Clone)]
pub struct Joined {
    pub plain: String,
    pub markdown: String,
}

/// The lines of one paragraph as one line.
pub fn join_lines(lines: &[Line]) -> Joined {
    let mut joined = Joined::default();
    for line in lines {
        push_joined(&mut joined.plain, &line.text(" "), ' ');
        push_linked(&mut joined.markdown, &markdown_line(line));
    }
    joined
}

fn markdown_line(line: &Line) -> String {
    let cells: Vec<String> = line.cells.iter().map(markdown).collect();
    cells.join(" ")
}

/// The text with its links written as Markdown has them.
pub fn markdown(segment: &Segment) -> String {
    let mut text = String::with_capacity(segment.text.len());
    let mut at = 0;
    for (from, to, target) in &segment.links {
        if !is_followed(target) {
            continue;
        }
        text.push_str(&escape_comment(&segment.text[at..*from]));
        let label = segment.text[*from..*to].replace(['[', ']'], "");
        let target = target.replace('(', "%28").replace(')', "%29");
        text.push_str(&format!("[{}]({target})", escape_comment(&label)));
        at = *to;
    }
    text.push_str(&escape_comment(&segment.text[at..]));
    text
}

/// True for addresses that people follow.
fn is_followed(target: &str) -> bool {
    let is_web = ["http://", "https://", "mailto:", "ftp://"].iter().any(|scheme| target.starts_with(scheme));
    is_web && target.len() <= 2_000 && !target.contains(char::is_whitespace)
}

/// A link that goes on in the next line is one link.
fn push_linked(text: &mut String, line: &str) {
    let open = text.strip_suffix(')').and_then(|text| text.rfind("](")).map(|offset| text[offset..].to_owned());
    if let (Some(end), Some(rest)) = (open, line.strip_prefix('['))
        && let Some(next) = rest.find(&end)
        && !rest[..next].contains(']')
    {
        text.truncate(text.len() - end.len());
        push_joined(text, rest, ' ');
    } else {
        push_joined(text, line, ' ');
    }
}

/// What a word is broken with at the end of a line: hyphen-minus, soft hyphen, hyphen.
const HYPHENS: [char; 3] = ['-', '\u{ad}', '\u{2010}'];

/// Adds a line after a separator, or right after the half of a word that the line before ended with.
pub fn push_joined(text: &mut String, line: &str, separator: char) {
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
