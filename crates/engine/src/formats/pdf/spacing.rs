//! Which gaps between glyphs are spaces.

use super::glyphs::Glyph;

/// The free room between two glyphs, whichever of them stands left.
pub fn gap(one: &Glyph, other: &Glyph) -> f64 {
    if other.u >= one.u { other.u - one.u - one.advance } else { one.u - other.u - other.advance }
}

/// The gap, in ems, from which it is a space. Letters that are spaced out move it; where the file draws its spaces,
/// a gap has to be wide to be another one.
pub fn space_threshold(run: &[Glyph]) -> f64 {
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
