//! Glyphs to lines: what stands on one baseline, with spaces where the gaps are.

use super::bidi::{Unit, is_mark, is_rtl, logical_text};
use super::glyphs::Glyph;
use std::collections::HashMap;

/// A run of glyphs on one baseline without a wide gap: a line of a column, or a cell of a table.
#[derive(Debug, Clone)]
pub struct Segment {
    pub text: String,
    /// Where it begins and ends along the line.
    pub start: f64,
    pub end: f64,
    pub baseline: f64,
    pub size: f64,
    pub angle: i16,
}

impl Segment {
    /// True when both stand on one baseline.
    pub fn is_beside(&self, other: &Segment) -> bool {
        let size = self.size.min(other.size).max(0.1);
        self.angle == other.angle && (self.baseline - other.baseline).abs() < size * 0.4
    }
}

/// Gap, in ems, from which two runs on one baseline are two segments.
const WIDE_GAP: f64 = 1.8;

/// The segments of a page, in the order in which they were drawn.
pub fn segments(glyphs: &[Glyph]) -> Vec<Segment> {
    let mut found: Vec<Segment> = vec![];
    let mut drawn: HashMap<String, Vec<(f64, f64)>> = HashMap::new();
    let mut start = 0;
    let mut last: Option<&Glyph> = None;
    let mut close = |run: &[Glyph]| {
        let Some(segment) = segment(run) else { return };
        // Shadows and poor man's bold draw the same words again, a hair aside.
        let places = drawn.entry(segment.text.clone()).or_default();
        let near = segment.size * 0.3;
        if places.iter().any(|&(u, v)| (u - segment.start).abs() < near && (v - segment.baseline).abs() < near) {
            return;
        }
        places.push((segment.start, segment.baseline));
        found.push(segment);
    };
    for (at, glyph) in glyphs.iter().enumerate() {
        if last.is_some_and(|last| !continues(last, glyph)) {
            close(&glyphs[start..at]);
            start = at;
        }
        last = Some(glyph);
    }
    close(&glyphs[start..]);
    found
}

fn continues(last: &Glyph, next: &Glyph) -> bool {
    let size = last.size.max(next.size).max(0.1);
    if last.angle != next.angle || (next.v - last.v).abs() > size * 0.5 {
        return false;
    }
    let gap = next.u - (last.u + last.advance);
    // Right-to-left text is drawn either way round.
    let back = last.u - (next.u + next.advance);
    let either = [last, next].iter().any(|glyph| glyph.text.chars().any(is_rtl) || glyph.text.is_blank());
    let forward = gap > -size && gap < size * WIDE_GAP;
    forward || is_mark(next) || (either && back > -size && back < size * WIDE_GAP)
}

fn segment(run: &[Glyph]) -> Option<Segment> {
    let run = trimmed(run);
    let first = run.first()?;
    let (start, end) = run
        .iter()
        .fold((f64::MAX, f64::MIN), |(start, end), glyph| (start.min(glyph.u), end.max(glyph.u + glyph.advance)));
    // The commonest size and baseline, so that a superscript at either end does not move the line.
    let middle = &run[run.len() / 2];
    let tallest = run.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let base = run.iter().find(|glyph| glyph.size >= tallest * 0.9).unwrap_or(middle);
    let text = logical_text(units(run));
    let text = text.trim();
    (!text.is_empty()).then(|| Segment {
        text: text.into(),
        start,
        end,
        baseline: base.v,
        size: base.size,
        angle: first.angle,
    })
}

fn trimmed(run: &[Glyph]) -> &[Glyph] {
    let Some(first) = run.iter().position(|glyph| !glyph.text.is_blank()) else { return &[] };
    let last = run.iter().rposition(|glyph| !glyph.text.is_blank()).unwrap_or(first);
    &run[first..=last]
}

/// Glyphs with their marks and the spaces between them.
fn units(run: &[Glyph]) -> Vec<Unit> {
    let threshold = space_threshold(run);
    let mut units: Vec<Unit> = Vec::with_capacity(run.len() * 6 / 5);
    let mut last: Option<&Glyph> = None;
    for glyph in run {
        let middle = glyph.u + glyph.advance / 2.0;
        if let Some(before) = last {
            if is_mark(glyph)
                && let Some(unit) = units.last_mut()
            {
                unit.text.extend(glyph.text.chars());
                continue;
            }
            let is_double = before.text == glyph.text
                && (before.u - glyph.u).abs() < glyph.size * 0.1
                && (before.v - glyph.v).abs() < glyph.size * 0.1;
            if is_double {
                continue;
            }
            let gap = gap(before, glyph);
            let is_spaced = units.last().is_some_and(|unit| unit.text.ends_with(' ')) || glyph.text.is_blank();
            if gap > threshold * glyph.size.max(before.size) && !is_spaced {
                units.push(Unit { text: " ".into(), middle: (middle + before.u + before.advance / 2.0) / 2.0 });
            }
        }
        let text = if glyph.text.is_blank() { " ".into() } else { glyph.text.chars().collect() };
        if text != " " || units.last().is_none_or(|unit| unit.text != " ") {
            units.push(Unit { text, middle });
        }
        last = Some(glyph);
    }
    units
}

/// The free room between two glyphs, whichever of them stands left.
fn gap(one: &Glyph, other: &Glyph) -> f64 {
    if other.u >= one.u { other.u - one.u - one.advance } else { one.u - other.u - other.advance }
}

/// The gap, in ems, from which it is a space. Letters that are spaced out move it; where the file draws its spaces,
/// a gap has to be wide to be another one.
fn space_threshold(run: &[Glyph]) -> f64 {
    let is_letter = |glyph: &Glyph| glyph.text.chars().all(char::is_alphabetic);
    let mut gaps: Vec<f64> = run
        .windows(2)
        .filter(|pair| pair.iter().all(is_letter))
        .map(|pair| gap(&pair[0], &pair[1]) / pair[0].size.max(pair[1].size).max(0.1))
        .collect();
    let spaces = run.iter().filter(|glyph| glyph.text.is_blank()).count();
    let wide = if spaces * 15 > run.len() { 0.28 } else { 0.15 };
    if gaps.len() < 4 {
        return wide;
    }
    // Nearly all letters of a spaced-out line stand apart; in any other line most touch.
    let few = gaps.len() / 4;
    let (_, spacing, _) = gaps.select_nth_unstable_by(few, f64::total_cmp);
    if *spacing > 0.06 { wide + *spacing } else { wide }
}
