//! The words of a page and where each is seen, for whoever marks them on its picture.

use super::bidi::{Unit, is_rtl, logical_order};
use super::glyphs::{Glyph, turned};
use super::segments::{Surroundings, each, units};
use crate::Error;
use kurbo::{Point, Rect};
use model::{MAX_PAGE_WORDS, MAX_WORD_CHARACTERS, PageWord, PageWords, is_spaceless};
use unicode_normalization::UnicodeNormalization;

/// Places are counted in tenths of a point.
const PER_POINT: f64 = 10.0;
/// No page is so large, in points: a PDF's own limit is 14,400, and numbers stay exact.
const MAX_POINTS: f32 = 100_000.0;
/// How far letters reach above their baseline and below it, in ems: as far as those of most fonts.
const ASCENT: f64 = 0.75;
const DESCENT: f64 = 0.21;
const SOFT_HYPHEN: char = '\u{ad}';

/// The words of a page of that size in points, in the order in which it draws them.
pub fn page_words(
    glyphs: &[Glyph],
    around: &Surroundings<'_>,
    page: u32,
    (width_points, height_points): (f32, f32),
) -> Result<PageWords, Error> {
    let is_size = |points: f32| points > 0.0 && points < MAX_POINTS;
    if !is_size(width_points) || !is_size(height_points) {
        return Err(Error::malformed("The page has no size that can be seen."));
    }
    let seen = Rect::new(0.0, 0.0, width_points.into(), height_points.into());
    let (mut words, mut line) = (vec![], 0);
    each(glyphs, around, |segment, run| {
        let line_of = Line { number: line, baseline: segment.baseline, size: segment.size, angle: segment.angle };
        line += 1;
        if words.len() < MAX_PAGE_WORDS {
            words.extend(line_words(run).into_iter().filter_map(|word| line_of.place(&word, seen)));
        }
    });
    words.truncate(MAX_PAGE_WORDS);
    divide(&mut words);
    let pixels = |points: f32| ((f64::from(points) * PER_POINT).round() as u32).max(1);
    let (width, height) = (pixels(width_points), pixels(height_points));
    let (engine, confidence) = ("reader".into(), 100.0);
    Ok(PageWords { page, width_points, height_points, width, height, engine, confidence, words })
}

/// Part of a line, and what it says.
struct Word {
    text: String,
    start: f64,
    end: f64,
}

/// A run of glyphs cut where its spaces are. In scripts without spaces each character is a word.
fn line_words(run: &[Glyph]) -> Vec<Word> {
    let mut units = units(run, &[]);
    if units.iter().any(|unit| unit.text.chars().any(is_rtl)) {
        units = logical_order(units);
    }
    let stands_alone = |unit: &Unit| unit.text.chars().next().is_some_and(is_spaceless);
    let mut words: Vec<Word> = vec![];
    let mut is_open = false;
    for unit in units {
        if unit.text.trim().is_empty() {
            is_open = false;
            continue;
        }
        let alone = stands_alone(&unit);
        match words.last_mut().filter(|_| is_open && !alone) {
            Some(word) => {
                word.text.push_str(&unit.text);
                (word.start, word.end) = (word.start.min(unit.start), word.end.max(unit.end));
            }
            None => words.push(Word { text: unit.text, start: unit.start, end: unit.end }),
        }
        is_open = !alone;
    }
    words
}

/// Where a line runs, in the frame of its own direction.
struct Line {
    number: u32,
    baseline: f64,
    size: f64,
    angle: i16,
}

impl Line {
    /// The word on the page; nothing when it says nothing or is not to be seen.
    fn place(&self, word: &Word, seen: Rect) -> Option<PageWord> {
        let is_divided = word.text.ends_with(SOFT_HYPHEN);
        let mut text: String = word.text.nfc().filter(|c| *c != SOFT_HYPHEN && !c.is_control()).collect();
        if is_divided {
            text.push('-');
        }
        let text: String = text.chars().take(MAX_WORD_CHARACTERS).collect();
        if text.chars().all(|c| c == char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let corner = |u: f64, v: f64| Point::from(turned(Point::new(u, v), -self.angle));
        let (top, bottom) = (self.baseline - self.size * ASCENT, self.baseline + self.size * DESCENT);
        // Of turned lines the smallest upright rectangle.
        let corners = [(word.start, top), (word.end, top), (word.start, bottom), (word.end, bottom)];
        let [first, others @ ..] = corners.map(|(u, v)| corner(u, v));
        let area = others.into_iter().fold(Rect::from_points(first, first), |area, corner| area.union_pt(corner));
        let area = area.intersect(seen);
        if !area.is_finite() || area.width() <= 0.0 || area.height() <= 0.0 {
            return None;
        }
        let tenths = |points: f64| (points * PER_POINT).round() as u32;
        let (left, top) = (tenths(area.x0), tenths(area.y0));
        Some(PageWord {
            text,
            left,
            top,
            width: (tenths(area.x1) - left).max(1),
            height: (tenths(area.y1) - top).max(1),
            confidence: 100,
            line: self.number,
            angle: ((f64::from(self.angle) / 90.0).round() as u16 % 4) * 90,
            is_divided,
        })
    }
}

/// A hyphen at a line's end divides a word when the next line goes on with a small letter.
fn divide(words: &mut [PageWord]) {
    for index in 1..words.len() {
        let (before, after) = words.split_at_mut(index);
        let (Some(word), Some(next)) = (before.last_mut(), after.first()) else { continue };
        let goes_on = word.line != next.line && next.text.starts_with(char::is_lowercase);
        let begun = word.text.strip_suffix(['-', '\u{2010}']);
        let is_hyphenated = begun.is_some_and(|begun| begun.ends_with(char::is_alphabetic));
        word.is_divided |= goes_on && is_hyphenated;
    }
}
