//! Glyphs stand in visual order, from left to right; text is kept in logical order.

use super::glyphs::Glyph;
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_normalization::char::canonical_combining_class;

/// True for characters that are written from right to left.
pub fn is_rtl(c: char) -> bool {
    matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// The text of one line's units in logical order. `units` are glyphs with the marks that belong to them, in any
/// order; a space is a unit too.
pub fn logical_text(mut units: Vec<Unit>) -> String {
    let (rtl, ltr) = units
        .iter()
        .flat_map(|unit| unit.text.chars())
        .fold((0, 0), |(rtl, ltr), c| (rtl + usize::from(is_rtl(c)), ltr + usize::from(bidi_class(c) == BidiClass::L)));
    if rtl == 0 {
        return units.into_iter().map(|unit| unit.text).collect();
    }
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
    BidiInfo::reorder_visual(&levels).into_iter().map(|index| units[index].text.as_str()).collect()
}

/// A glyph with the marks drawn over it.
pub struct Unit {
    pub text: String,
    pub middle: f64,
}

/// True for a glyph that is drawn over the one before it.
pub fn is_mark(glyph: &Glyph) -> bool {
    glyph.text.chars().next().is_some_and(|c| canonical_combining_class(c) != 0)
}
