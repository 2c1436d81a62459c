//! Lists: what numbers and bullets their paragraphs have.

use crate::Error;
use crate::markup::xml::{Node, Xml};
use crate::text::count_as;
use std::collections::HashMap;

/// Levels that a list has in the format.
const LEVELS: usize = 9;

/// Definitions of lists and how far each was counted.
#[derive(Default)]
pub struct Lists {
    /// By the id that paragraphs use: the definition it stands for and starts of its own.
    lists: HashMap<String, (String, HashMap<usize, u32>)>,
    definitions: HashMap<String, HashMap<usize, Level>>,
    counters: HashMap<String, [Option<u32>; LEVELS]>,
    /// Lists whose own starts were applied.
    started: HashMap<(String, usize), ()>,
}

/// One level of a list's definition, in the words of the format.
#[derive(Clone)]
pub struct Level {
    pub start: u32,
    pub format: String,
    pub pattern: String,
}

impl Default for Level {
    fn default() -> Self {
        Self { start: 1, format: "bullet".into(), pattern: String::new() }
    }
}

impl Lists {
    /// Reads `word/numbering.xml`.
    pub fn read(mut xml: Xml<'_>) -> Result<Self, Error> {
        let mut lists = Self::default();
        let (mut definition, mut list, mut level) = (String::new(), String::new(), 0);
        let mut in_list = false;
        while let Some(()) = xml.next(|node| match node {
            Node::Start(tag) => {
                let value = |name| tag.attribute(name).unwrap_or_default();
                match tag.name() {
                    "abstractNum" => definition = value("abstractNumId"),
                    "num" => (list, in_list) = (value("numId"), true),
                    "abstractNumId" if in_list => {
                        lists.lists.insert(list.clone(), (value("val"), HashMap::new()));
                    }
                    "lvl" | "lvlOverride" => level = value("ilvl").parse().unwrap_or(0).min(LEVELS - 1),
                    "startOverride" => {
                        if let (Some((_, starts)), Ok(start)) = (lists.lists.get_mut(&list), value("val").parse()) {
                            starts.insert(level, start);
                        }
                    }
                    name @ ("start" | "numFmt" | "lvlText") if !in_list => {
                        let levels = lists.definitions.entry(definition.clone()).or_default();
                        let level = levels.entry(level).or_default();
                        match name {
                            "start" => level.start = value("val").parse().unwrap_or(1),
                            "numFmt" => level.format = value("val"),
                            _ => level.pattern = value("val"),
                        }
                    }
                    _ => {}
                }
            }
            Node::End("num") => in_list = false,
            Node::End(_) | Node::Text(_) => {}
        })? {}
        Ok(lists)
    }

    /// A level of a definition that was read elsewhere.
    pub fn define(&mut self, definition: &str, depth: usize, level: Level) {
        self.definitions.entry(definition.into()).or_default().insert(depth.min(LEVELS - 1), level);
    }

    /// A list by the id that paragraphs use, and the definition it stands for.
    pub fn add(&mut self, list: &str, definition: &str) {
        self.lists.insert(list.into(), (definition.into(), HashMap::new()));
    }

    /// What stands before the next paragraph of that list: `-`, `3.`, `b)`, `2.1`. Nothing when the list has none.
    pub fn marker(&mut self, list: &str, depth: usize) -> Option<String> {
        let depth = depth.min(LEVELS - 1);
        let Some((id, starts)) = self.lists.get(list) else { return Some("-".into()) };
        let Some(levels) = self.definitions.get(id) else { return Some("-".into()) };
        let level = levels.get(&depth).cloned().unwrap_or_default();
        let counters = self.counters.entry(id.clone()).or_default();
        let own_start = starts.get(&depth).copied();
        let restarts = own_start.is_some() && self.started.insert((list.into(), depth), ()).is_none();
        let count = match counters[depth] {
            Some(count) if !restarts => count.saturating_add(1),
            _ => own_start.unwrap_or(level.start),
        };
        // Levels that were left out count as begun: what comes in one of them later is its second.
        for (above, count) in counters[..depth].iter_mut().enumerate() {
            count.get_or_insert_with(|| levels.get(&above).map_or(1, |level| level.start));
        }
        counters[depth] = Some(count);
        counters[depth + 1..].fill(None);
        match level.format.as_str() {
            "none" => None,
            "bullet" => Some("-".into()),
            _ => {
                let marker = pattern(&level.pattern, levels, counters);
                Some(if marker.is_empty() { "-".into() } else { marker })
            }
        }
    }
}

/// Puts the numbers of the levels in the places that a pattern like `%1.%2)` has for them.
fn pattern(pattern: &str, levels: &HashMap<usize, Level>, counters: &[Option<u32>; LEVELS]) -> String {
    let mut text = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let level = if c == '%' { chars.peek().and_then(|digit| digit.to_digit(10)) } else { None };
        match level {
            Some(level @ 1..=9) => {
                chars.next();
                let at = level as usize - 1;
                let format = levels.get(&at).map_or("decimal", |level| level.format.as_str());
                let count = counters[at].or(levels.get(&at).map(|level| level.start)).unwrap_or(1);
                text.push_str(&count_as(count, format));
            }
            _ => text.push(c),
        }
    }
    text.trim().chars().take(40).collect()
}
