//! The style sheet: which styles are headings, which put their paragraphs into a list, and which make words bold or italic.

use super::runs::{Paragraph, toggle};
use super::sprm::{self, id};
use crate::containers::compound::{u16_at, utf16};

/// Styles that build on each other; a longer chain is a loop.
const LONGEST_CHAIN: usize = 20;
/// A style that builds on no other.
const NONE: u16 = 0xfff;

/// Styles by their numbers.
#[derive(Default)]
pub struct Styles(Vec<Option<Style>>);

#[derive(Default)]
struct Style {
    heading: Option<usize>,
    base: u16,
    list: Option<u16>,
    level: Option<u8>,
    bold: Option<bool>,
    italic: Option<bool>,
}

impl Styles {
    /// Reads the table. One that is cut has the styles before the cut.
    pub fn read(table: &[u8]) -> Self {
        let head = usize::from(u16_at(table, 0).unwrap_or(0));
        let count = u16_at(table, 2).unwrap_or(0);
        let base_bytes = usize::from(u16_at(table, 4).unwrap_or(0));
        let (mut offset, mut styles) = (2 + head, vec![]);
        for _ in 0..count {
            let Some(length) = u16_at(table, offset).map(usize::from) else { break };
            styles.push(table.get(offset + 2..offset + 2 + length).and_then(|style| read_style(style, base_bytes)));
            // Styles begin at even places.
            offset += 2 + length + length % 2;
        }
        Self(styles)
    }

    /// The level of heading that a paragraph is, by itself or by its style: 1 to 9.
    pub fn heading(&self, paragraph: &Paragraph) -> Option<usize> {
        let own = paragraph.outline.filter(|level| *level < 9).map(|level| usize::from(level) + 1);
        own.or_else(|| self.chain(paragraph.style).find_map(|style| style.heading))
    }

    /// The list that a style puts its paragraphs into, and the level in it.
    pub fn list(&self, style: u16) -> Option<(u16, u8)> {
        let list = self.chain(style).find_map(|style| style.list)?;
        Some((list, self.chain(style).find_map(|style| style.level).unwrap_or(0)))
    }

    /// Whether a style of words makes them bold, and italic.
    pub fn of_words(&self, style: u16) -> (bool, bool) {
        let find = |said: fn(&Style) -> Option<bool>| self.chain(style).find_map(said).unwrap_or(false);
        (find(|style| style.bold), find(|style| style.italic))
    }

    fn chain(&self, style: u16) -> impl Iterator<Item = &Style> {
        let get = |index: u16| self.0.get(usize::from(index)).and_then(Option::as_ref);
        std::iter::successors(get(style), move |style| get(style.base)).take(LONGEST_CHAIN)
    }
}

fn read_style(style: &[u8], base_bytes: usize) -> Option<Style> {
    let known = u16_at(style, 0)? & 0xfff;
    let base = u16_at(style, 2)? >> 4;
    let properties = usize::from(u16_at(style, 4)? & 0xf);
    let length = usize::from(u16_at(style, base_bytes)?);
    let name = style.get(base_bytes + 2..base_bytes + 2 + length * 2).map(utf16).unwrap_or_default().to_lowercase();
    let heading = match known {
        1..=9 => Some(usize::from(known)),
        62 => Some(1),
        _ => name.strip_prefix("heading ").and_then(|level| level.trim().parse().ok()),
    };
    let mut made = Style { heading: heading.filter(|level| (1..=9).contains(level)), base, ..Style::default() };
    if base == NONE && heading.is_none() {
        made.base = NONE;
    }
    if properties == 0 {
        return Some(made);
    }
    let offset = base_bytes + 2 + length * 2 + 2;
    let offset = offset + offset % 2;
    let size = usize::from(u16_at(style, offset)?);
    let list = style.get(offset + 2..offset + 2 + size).unwrap_or_default();
    match u16_at(style, 2)? & 0xf {
        // The first of a paragraph style's properties are those of its paragraphs, after the style's own number.
        1 => sprm::each(list.get(2..).unwrap_or_default(), |code, operand| match code {
            id::LIST => made.list = u16_at(operand, 0),
            id::LIST_LEVEL => made.level = operand.first().copied(),
            id::OUTLINE_LEVEL => {
                made.heading =
                    made.heading.or(operand.first().filter(|level| **level < 9).map(|level| usize::from(*level) + 1))
            }
            _ => {}
        }),
        2 => sprm::each(list, |code, operand| match code {
            id::BOLD => made.bold = toggle(operand),
            id::ITALIC => made.italic = toggle(operand),
            _ => {}
        }),
        _ => {}
    }
    Some(made)
}
