//! Accents that are drawn over a letter of their own: together they are the letter with its accent.

use super::glyphs::Glyph;
use super::text::Text;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// The glyphs with the accents taken into their letters. TeX draws an accent before its letter, others after it.
pub fn composed(glyphs: &[Glyph]) -> Cow<'_, [Glyph]> {
    if !glyphs.iter().any(|glyph| mark(glyph).is_some()) {
        return Cow::Borrowed(glyphs);
    }
    let mut composed: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut rest = glyphs;
    while let [glyph, after @ ..] = rest {
        rest = after;
        let Some(mark) = mark(glyph) else {
            composed.push(glyph.clone());
            continue;
        };
        if let [letter, after @ ..] = after
            && let Some(text) = with_mark(letter, glyph, mark)
        {
            composed.push(Glyph { text, ..letter.clone() });
            rest = after;
        } else if let Some(letter) = composed.last_mut()
            && let Some(text) = with_mark(letter, glyph, mark)
        {
            letter.text = text;
        } else {
            composed.push(glyph.clone());
        }
    }
    Cow::Owned(composed)
}

/// The combining mark that a glyph of its own stands for.
fn mark(glyph: &Glyph) -> Option<char> {
    let Text::One(accent) = glyph.text else { return None };
    Some(match accent {
        '`' => '\u{300}',
        '´' => '\u{301}',
        'ˆ' => '\u{302}',
        '˜' => '\u{303}',
        '¯' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30a}',
        '˝' => '\u{30b}',
        'ˇ' => '\u{30c}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        _ => return None,
    })
}

/// The letter with the mark, if the accent stands over it and there is such a letter.
fn with_mark(letter: &Glyph, accent: &Glyph, mark: char) -> Option<Text> {
    let Text::One(base) = letter.text else { return None };
    let middle = accent.u + accent.advance / 2.0;
    let is_over = letter.angle == accent.angle
        && (letter.u..letter.u + letter.advance).contains(&middle)
        && (letter.v - accent.v).abs() < letter.size * 0.8;
    // Letters lose their dot under an accent.
    let base = match base {
        'ı' => 'i',
        'ȷ' => 'j',
        base => base,
    };
    let mut whole = [base, mark].into_iter().nfc();
    let (first, second) = (whole.next()?, whole.next());
    (is_over && base.is_alphabetic() && second.is_none()).then_some(Text::One(first))
}
