//! Lists and numbered headings: what stands before their paragraphs.

use crate::markup::xml::Tag;
use crate::text::count_as;
use std::collections::HashMap;

/// Levels that a list has in the format.
const LEVELS: usize = 10;
/// Characters before and after a number, which is no sentence.
const LONGEST_AFFIX: usize = 20;

/// Definitions of lists, those that are open, and how far each was counted.
#[derive(Default)]
pub struct Lists {
    styles: HashMap<String, Vec<Level>>,
    outline: Vec<Level>,
    /// The list style that is being defined; no name for the one of headings.
    defined: Option<String>,
    /// The styles of the open lists.
    open: Vec<String>,
    counts: Counts,
    headings: Counts,
    /// Where the last list of a style stopped, for those that go on.
    last: HashMap<String, Counts>,
    /// An item began, and has no paragraph yet.
    is_new: bool,
}

type Counts = [Option<u32>; LEVELS];

/// One level of a definition. Bullets have no format.
#[derive(Default, Clone)]
struct Level {
    format: Option<String>,
    prefix: String,
    suffix: String,
    start: u32,
    /// Levels whose numbers are shown.
    shown: usize,
}

impl Lists {
    /// Takes the start of an element among styles.
    pub fn define(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "list-style" => self.defined = tag.attribute("name"),
            "outline-style" => self.defined = None,
            "list-level-style-number" | "list-level-style-bullet" | "list-level-style-image" => {
                if let Some(name) = &self.defined {
                    define_level(self.styles.entry(name.clone()).or_default(), tag);
                }
            }
            "outline-level-style" => define_level(&mut self.outline, tag),
            _ => {}
        }
    }

    /// A list begins; in files, one that goes on after a paragraph is a new one. One without a style of its own has the
    /// style of the one around it. True when it counts from its start.
    pub fn start(&mut self, tag: &Tag<'_>) -> bool {
        let style = tag.attribute("style-name").or_else(|| self.open.last().cloned()).unwrap_or_default();
        let is_outer = self.open.is_empty();
        let goes_on = is_outer
            && (tag.attribute("continue-numbering").is_some_and(|goes_on| goes_on == "true")
                || tag.attribute("continue-list").is_some());
        if is_outer {
            self.counts = self.last.get(&style).filter(|_| goes_on).copied().unwrap_or_default();
        }
        self.open.push(style);
        is_outer && !goes_on
    }

    /// An item begins.
    pub fn start_item(&mut self, tag: &Tag<'_>) {
        self.is_new = true;
        let level = self.depth().min(LEVELS - 1);
        if let Some(start) = tag.attribute("start-value").and_then(|start| start.parse::<u32>().ok()) {
            self.counts[level] = Some(start.saturating_sub(1));
        }
    }

    /// Lists around the one that is open.
    pub fn depth(&self) -> usize {
        self.open.len().saturating_sub(1)
    }

    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// What stands before the first paragraph of an item: `-`, `3.`, `b)`, `2.1`. Nothing before the others.
    pub fn marker(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.is_new) {
            return None;
        }
        let levels = self.open.last().and_then(|style| self.styles.get(style)).map(Vec::as_slice).unwrap_or_default();
        let depth = self.depth();
        count(levels, &mut self.counts, depth).or_else(|| Some("-".into())).filter(|marker| !marker.is_empty())
    }

    /// The number of a heading, if its level has any.
    pub fn heading(&mut self, level: usize) -> Option<String> {
        count(&self.outline, &mut self.headings, level.saturating_sub(1)).filter(|number| !number.is_empty())
    }

    pub fn end(&mut self) {
        let Some(style) = self.open.pop() else { return };
        self.is_new = false;
        // Only of lists that are defined, of which there are not many.
        if self.open.is_empty() && self.styles.contains_key(&style) {
            self.last.insert(style, self.counts);
        }
    }
}

fn define_level(levels: &mut Vec<Level>, tag: &Tag<'_>) {
    let number = |name: &str| tag.attribute(name).and_then(|value| value.parse::<u32>().ok());
    let affix = |name: &str| tag.attribute(name).unwrap_or_default().chars().take(LONGEST_AFFIX).collect();
    let at = number("level").unwrap_or(1).clamp(1, LEVELS as u32) as usize - 1;
    if levels.len() <= at {
        levels.resize(at + 1, Level::default());
    }
    let is_bullet = matches!(tag.name(), "list-level-style-bullet" | "list-level-style-image");
    levels[at] = Level {
        format: (!is_bullet).then(|| tag.attribute("num-format").unwrap_or_default()),
        prefix: affix("num-prefix"),
        suffix: affix("num-suffix"),
        start: number("start-value").unwrap_or(1),
        shown: number("display-levels").unwrap_or(1) as usize,
    };
}

/// Counts one on, and gives the number as its level shows it: empty for a format that shows none, nothing for a bullet.
fn count(levels: &[Level], counts: &mut Counts, depth: usize) -> Option<String> {
    let depth = depth.min(LEVELS - 1);
    let level = levels.get(depth).filter(|level| level.format.is_some())?;
    counts[depth] = Some(counts[depth].map_or(level.start, |count| count.saturating_add(1)));
    counts[depth + 1..].fill(None);
    if level.format.as_deref() == Some("") {
        return Some(String::new());
    }
    let from = (depth + 1).saturating_sub(level.shown.max(1));
    let shown = levels[from..=depth].iter().zip(&counts[from..]);
    let numbers: Vec<String> = shown.filter_map(|(level, count)| level.number(count.unwrap_or(level.start))).collect();
    Some([&level.prefix, numbers.join(".").as_str(), &level.suffix].concat().trim().to_owned())
}

impl Level {
    fn number(&self, count: u32) -> Option<String> {
        let format = match self.format.as_deref()? {
            "" => return None,
            "a" => "lowerLetter",
            "A" => "upperLetter",
            "i" => "lowerRoman",
            "I" => "upperRoman",
            _ => "decimal",
        };
        Some(count_as(count, format))
    }
}
