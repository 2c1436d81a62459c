//! Glyphs stand in visual order, from left to right; text is kept in logical order.

use super::glyphs::Glyph;
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_normalization::char::canonical_combining_class;

/// True for characters that are written from right to left.
pub fn is_rtl(c: char) -> bool {
    c >= '\u{590}' && matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// The units of one line in logical order. They are glyphs with the marks that belong to them, in any order; a space
/// is a unit too.
pub fn logical_order(mut units: Vec<Unit>) -> Vec<Unit> {
    let (rtl, ltr) = units
        .iter()
        .flat_map(|unit| unit.text.chars())
        .fold((0, 0), |(rtl, ltr), c| (rtl + usize::from(is_rtl(c)), ltr + usize::from(bidi_class(c) == BidiClass::L)));
    units.sort_by(|one, other| one.middle.total_cmp(&other.middle));
    // The reordering of the bidi algorithm is its own inverse for what pages show: visual in, logical out.
    let base = if rtl >= ltr { Level::rtl() } else { Level::ltr() };
    let visual: String = units.iter().map(|unit| unit.text.as_str()).collect();
    let info = BidiInfo::new(&visual, Some(base));
    let mut at = 0;
    let mut levels = Vec::with_capacity(units.len());
    for unit in &units {
        levels.push(info.levels.get(at).copied().unwrap_or(base));
        at += unit.text.len();
    }
    let order = BidiInfo::reorder_visual(&levels);
    order.into_iter().map(|index| std::mem::take(&mut units[index])).collect()
}

/// A glyph with the marks drawn over it.
#[derive(Default)]
pub struct Unit {
    pub text: String,
    pub middle: f64,
    /// Where it begins and ends along the line.
    pub start: f64,
    pub end: f64,
    /// The link it belongs to, from 1.
    pub link: usize,
}

/// True for a glyph that is drawn over the one before it.
pub fn is_mark(glyph: &Glyph) -> bool {
    let first = glyph.text.first();
    first >= '\u{300}' && canonical_combining_class(first) != 0
}
