//! Lines that stand at the edge of many pages: names of chapters, page numbers, letterheads.

use super::order::Line;
use std::collections::{HashMap, HashSet};

/// Pages on which a line has to stand to be one of them.
const OFTEN: u32 = 3;

/// The lines at the edges of the pages seen so far, without their numbers.
#[derive(Default)]
pub struct Running {
    seen: HashMap<String, u32>,
    written: HashSet<String>,
}

impl Running {
    /// Takes note of a page's edges.
    pub fn add(&mut self, lines: &[Line], height: f64) {
        for key in lines.iter().filter_map(|line| key(line, height)) {
            *self.seen.entry(key).or_default() += 1;
        }
    }

    /// The lines without those that earlier pages had already, and without page numbers.
    pub fn strip(&mut self, lines: &[Line], height: f64) -> Vec<Line> {
        let mut stripped = lines.to_vec();
        stripped.retain(|line| {
            let Some(key) = key(line, height) else { return true };
            let is_running = self.seen.get(&key).is_some_and(|count| *count >= OFTEN);
            let has_words = key.chars().filter(|c| c.is_alphabetic()).count() >= 3;
            !is_running || (has_words && self.written.insert(key))
        });
        // A page of which nothing is left says something else with its edges.
        if stripped.is_empty() { lines.to_vec() } else { stripped }
    }
}

/// What a line at an edge of its page has in common with the same line on other pages.
fn key(line: &Line, height: f64) -> Option<String> {
    let first = line.first();
    let is_edge = first.baseline < height * 0.1 || first.baseline > height * 0.92;
    if !is_edge || first.angle != 0 || line.table().is_some() || line.cells.iter().any(|cell| cell.text.len() > 300) {
        return None;
    }
    let text = line.text(" ");
    let is_number = text.len() <= 8 && text.chars().all(|c| matches!(c, 'i' | 'v' | 'x' | 'l' | 'c' | 'I' | 'V' | 'X'));
    let words: String = if is_number { String::new() } else { text.chars().filter(|c| !c.is_numeric()).collect() };
    Some(format!("{words}@{}", (first.baseline / 4.0).round()))
}
