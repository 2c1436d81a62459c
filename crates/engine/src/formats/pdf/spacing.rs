//! Which gaps between glyphs are spaces.

use super::glyphs::Glyph;

/// The free room between two glyphs, whichever of them stands left.
pub fn gap(one: &Glyph, other: &Glyph) -> f64 {
    if other.u >= one.u { other.u - one.u - one.advance } else { one.u - other.u - other.advance }
}

/// Gaps, in ems, from which they are spaces: where the file draws none, where it draws them but lets letters stand apart,
/// and where it draws them and its letters touch.
const NO_SPACES: f64 = 0.15;
const LOOSE: f64 = 0.28;
const TIGHT: f64 = 0.17;

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
    let wide = if spaces * 15 > run.len() { LOOSE } else { NO_SPACES };
    if gaps.len() < 4 {
        return wide;
    }
    let apart = gaps.iter().filter(|gap| (0.06..TIGHT).contains(*gap)).count();
    let wide = if apart * 10 <= gaps.len() { wide.min(TIGHT) } else { wide };
    // Most letters of a spaced-out line stand apart; in any other line most touch.
    let middle = gaps.len() / 2;
    let (_, spacing, _) = gaps.select_nth_unstable_by(middle, f64::total_cmp);
    if *spacing > 0.06 { wide + *spacing } else { wide }
}
