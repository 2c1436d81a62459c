//! Glyphs to segments: what stands on one baseline without a wide gap, as text with spaces where the gaps are.

use super::accents::composed;
use super::annotations::Link;
use super::bidi::{Unit, is_mark, is_rtl, logical_order};
use super::glyphs::{Glyph, turned};
use super::listings::Pitch;
use super::rules::Rules;
use super::spacing::{gap, space_threshold};
use super::table::Table;
use kurbo::{Point, Rect};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

/// A run of glyphs on one baseline without a wide gap: a line of a column, or a cell of a table.
#[derive(Debug, Clone, Default)]
pub struct Segment {
    pub text: String,
    /// Which parts of the text lead somewhere: from, to and the address. In the order of the text.
    pub links: Vec<(usize, usize, Rc<str>)>,
    /// Where it begins and ends along the line.
    pub start: f64,
    pub end: f64,
    pub baseline: f64,
    pub size: f64,
    pub angle: i16,
    /// How far each letter moves the line, if all do the same.
    pub pitch: Option<Pitch>,
    /// It was drawn by an annotation, after the page's own content.
    pub is_note: bool,
    /// It stands for a whole table, and has no text itself.
    pub table: Option<Rc<Table>>,
}

impl Segment {
    /// Adds what follows it on its line.
    pub fn append(&mut self, next: Segment, space: &str) {
        self.text.push_str(space);
        let from = self.text.len();
        self.text.push_str(&next.text);
        self.links.extend(next.links.into_iter().map(|(start, end, target)| (start + from, end + from, target)));
        self.start = self.start.min(next.start);
        self.end = self.end.max(next.end);
        self.size = self.size.max(next.size);
        self.pitch = self.pitch.zip(next.pitch).and_then(|(one, other)| one.joined(other));
    }

    /// True when both stand on one baseline.
    pub fn is_beside(&self, other: &Segment) -> bool {
        let size = self.size.min(other.size).max(0.1);
        self.angle == other.angle && (self.baseline - other.baseline).abs() < size * 0.4
    }
}

/// The value of a form field as a segment of the page, unless the field has drawn it.
pub fn field_segment(value: &str, area: Rect, segments: &[Segment]) -> Option<Segment> {
    let position = |segment: &Segment| {
        let middle = Point::new((segment.start + segment.end) / 2.0, segment.baseline - segment.size * 0.3);
        turned(middle, -segment.angle)
    };
    let is_drawn = segments.iter().any(|segment| segment.is_note && area.contains(Point::from(position(segment))));
    // A field of one line has its text on the line of its label or in the middle of its height, one of several at its top.
    let is_label = |segment: &&Segment| {
        let middle = segment.baseline - segment.size * 0.3;
        segment.angle == 0 && segment.end <= area.x0 + 1.0 && (area.y0..area.y1).contains(&middle)
    };
    let label = segments.iter().filter(is_label).max_by(|one, other| one.end.total_cmp(&other.end));
    let size = (area.height() * 0.7).clamp(1.0, 12.0);
    let (baseline, size) = match label {
        _ if area.height() > 40.0 => (area.y0 + size, size),
        Some(label) => (label.baseline, label.size),
        None => (area.center().y + size * 0.35, size),
    };
    let (text, start, end) = (value.to_owned(), area.x0, area.x1);
    (!is_drawn).then(|| Segment { text, start, end, baseline, size, is_note: true, ..Segment::default() })
}

/// What is known of a page besides its glyphs.
pub struct Surroundings<'a> {
    pub rules: &'a Rules,
    pub links: &'a [Link],
    /// Number of glyphs that are the page's own.
    pub own_glyphs: usize,
}

/// Gap, in ems, from which two runs on one baseline are two segments.
const WIDE_GAP: f64 = 1.8;

/// The segments of a page, in the order in which they were drawn.
pub fn segments(glyphs: &[Glyph], around: &Surroundings<'_>) -> Vec<Segment> {
    let mut found = vec![];
    each(glyphs, around, |segment, _| found.push(segment));
    found
}

/// Calls `put` with every segment of a page, in the order in which they were drawn, and with the glyphs it is made of.
pub fn each(glyphs: &[Glyph], around: &Surroundings<'_>, mut put: impl FnMut(Segment, &[Glyph])) {
    let (own, notes) = glyphs.split_at(around.own_glyphs.min(glyphs.len()));
    let mut drawn = Drawn::default();
    for (glyphs, is_note) in [(own, false), (notes, true)] {
        for run in runs(&composed(glyphs), around.rules) {
            let Some(segment) = segment(run, around.links) else { continue };
            if drawn.is_new(&segment) {
                put(Segment { is_note, ..segment }, trimmed(run));
            }
        }
    }
}

/// What was drawn already: shadows and poor man's bold draw the same words again, a hair aside.
#[derive(Default)]
struct Drawn(HashMap<u64, Vec<(f64, f64)>>);

impl Drawn {
    fn is_new(&mut self, segment: &Segment) -> bool {
        let mut hasher = DefaultHasher::new();
        segment.text.hash(&mut hasher);
        let places = self.0.entry(hasher.finish()).or_default();
        let near = segment.size * 0.3;
        let is_near = |&(u, v): &(f64, f64)| (u - segment.start).abs() < near && (v - segment.baseline).abs() < near;
        let is_new = !places.iter().any(is_near);
        if is_new {
            places.push((segment.start, segment.baseline));
        }
        is_new
    }
}

fn runs<'a>(glyphs: &'a [Glyph], rules: &'a Rules) -> impl Iterator<Item = &'a [Glyph]> {
    glyphs.chunk_by(|last, next| {
        let size = last.size.max(next.size);
        let end = last.u + last.advance;
        let may_be_cells = last.angle == 0 && !rules.down.is_empty() && next.u - end > size * 0.1;
        continues(last, next)
            && !(may_be_cells && rules.divides(next.v, next.size, end - size * 0.1, next.u + size * 0.1))
    })
}

fn continues(last: &Glyph, next: &Glyph) -> bool {
    let size = last.size.max(next.size).max(0.1);
    if last.angle != next.angle || (next.v - last.v).abs() > size * 0.5 {
        return false;
    }
    let gap = next.u - (last.u + last.advance);
    if gap > -size && gap < size * WIDE_GAP || is_mark(next) {
        return true;
    }
    // Right-to-left text is drawn either way round.
    let back = last.u - (next.u + next.advance);
    let either = [last, next].iter().any(|glyph| glyph.text.is_blank() || glyph.text.chars().any(is_rtl));
    either && back > -size && back < size * WIDE_GAP
}

fn segment(run: &[Glyph], links: &[Link]) -> Option<Segment> {
    let run = trimmed(run);
    let first = run.first()?;
    let (start, end, tallest) = run.iter().fold((f64::MAX, f64::MIN, 0.0f64), |(start, end, tallest), glyph| {
        (start.min(glyph.u), end.max(glyph.u + glyph.advance), tallest.max(glyph.size))
    });
    // A superscript at the beginning does not move the line.
    let base = run.iter().find(|glyph| glyph.size >= tallest * 0.9).unwrap_or(first);
    let (size, pitch) = (base.size, Pitch::of(run, base.size));
    let mut segment = Segment { start, end, baseline: base.v, size, angle: first.angle, pitch, ..Segment::default() };
    if links.is_empty() && !run.iter().any(|glyph| glyph.text.chars().any(is_rtl)) {
        segment.text = plain_text(run);
    } else {
        write_units(&mut segment, units(run, links), links);
    }
    (!segment.text.is_empty()).then_some(segment)
}

fn trimmed(run: &[Glyph]) -> &[Glyph] {
    let Some(first) = run.iter().position(|glyph| !glyph.text.is_blank()) else { return &[] };
    let last = run.iter().rposition(|glyph| !glyph.text.is_blank()).unwrap_or(first);
    &run[first..=last]
}

/// Calls `put` with every glyph of a run, and whether the gap before it is a space.
fn join<'a>(run: &'a [Glyph], mut put: impl FnMut(&'a Glyph, bool)) {
    let threshold = space_threshold(run);
    let mut last: Option<&Glyph> = None;
    for glyph in run {
        let Some(before) = last else {
            put(glyph, false);
            last = Some(glyph);
            continue;
        };
        if is_mark(glyph) {
            put(glyph, false);
            continue;
        }
        // Poor man's bold draws every letter twice. Arabic lines are filled with strokes that overlap.
        let near = glyph.size * 0.1;
        let is_double = before.text == glyph.text
            && (before.u - glyph.u).abs() < near
            && (before.v - glyph.v).abs() < near
            && !is_rtl(glyph.text.first());
        if !is_double {
            put(glyph, gap(before, glyph) > threshold * glyph.size.max(before.size));
            last = Some(glyph);
        }
    }
}

/// The text as it is drawn, from left to right.
fn plain_text(run: &[Glyph]) -> String {
    let mut text = String::with_capacity(run.len() * 5 / 4);
    join(run, |glyph, is_spaced| {
        if (is_spaced || glyph.text.is_blank()) && !text.ends_with(' ') {
            text.push(' ');
        }
        if !glyph.text.is_blank() {
            text.extend(glyph.text.chars());
        }
    });
    text.truncate(text.trim_end().len());
    text
}

/// Glyphs with their marks and the spaces between them.
pub fn units(run: &[Glyph], links: &[Link]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(run.len() * 6 / 5);
    let mut before = 0.0;
    join(run, |glyph, is_spaced| {
        if is_mark(glyph)
            && let Some(unit) = units.last_mut()
        {
            unit.text.extend(glyph.text.chars());
            return;
        }
        let middle = glyph.u + glyph.advance / 2.0;
        let link = link_at(glyph, middle, links);
        let (is_blank, after_space) = (glyph.text.is_blank(), units.last().is_some_and(|unit| unit.text == " "));
        if (is_spaced || is_blank) && !after_space {
            let middle = if is_blank { middle } else { (middle + before) / 2.0 };
            units.push(Unit { text: " ".into(), middle, start: middle, end: middle, link });
        }
        if !is_blank {
            let (start, end) = (glyph.u, glyph.u + glyph.advance);
            units.push(Unit { text: glyph.text.chars().collect(), middle, start, end, link });
        }
        before = middle;
    });
    units
}

/// The link that covers the middle of a glyph, from 1; 0 for none.
fn link_at(glyph: &Glyph, middle: f64, links: &[Link]) -> usize {
    if links.is_empty() {
        return 0;
    }
    let (x, y) = turned(Point::new(middle, glyph.v - glyph.size * 0.3), -glyph.angle);
    links.iter().position(|link| link.covers(Point::new(x, y))).map_or(0, |index| index + 1)
}

fn write_units(segment: &mut Segment, units: Vec<Unit>, links: &[Link]) {
    let is_rtl = units.iter().any(|unit| unit.text.chars().any(is_rtl));
    let units = if is_rtl { logical_order(units) } else { units };
    for linked in units.chunk_by(|one, other| one.link == other.link) {
        let from = segment.text.len();
        segment.text.extend(linked.iter().map(|unit| unit.text.as_str()));
        let Some(link) = linked[0].link.checked_sub(1) else { continue };
        // The space before or after the words is not part of the link.
        let words = segment.text[from..].trim();
        let from = from + segment.text[from..].len() - segment.text[from..].trim_start().len();
        if !words.is_empty() {
            segment.links.push((from, from + words.len(), links[link].target.clone()));
        }
    }
    segment.text.truncate(segment.text.trim_end().len());
}
