//! What glyphs stand for whose fonts do not say it plainly: what the file says elsewhere, and where it says nothing, their
//! codes, which are for recognition unless they read like words.

use super::fonts::Fonts;
use super::glyph_orders::common;
use super::text::{Text, text_of};
use super::unmapped::UnmappedGlyph;
use hayro_interpret::hayro_cmap::BfString;
use std::collections::HashMap;

/// What a glyph stands for.
pub struct Meaning {
    pub text: Text,
    /// It is nothing but the code that the file has for the glyph, and does not read like a language.
    pub is_guess: bool,
}

/// What each of the glyphs stands for, as far as anything is known.
pub fn meanings(glyphs: &[UnmappedGlyph], fonts: &mut Fonts) -> Vec<Option<Meaning>> {
    let mut meanings: Vec<Option<Meaning>> = glyphs
        .iter()
        .map(|glyph| {
            let text = fonts.characters(glyph).and_then(text_of)?;
            Some(Meaning { text, is_guess: false })
        })
        .collect();
    let mut unknown: HashMap<Option<(&str, u128)>, Vec<usize>> = HashMap::new();
    for (at, (glyph, meaning)) in glyphs.iter().zip(&meanings).enumerate() {
        if meaning.is_none() {
            let font = glyph.outline.as_ref().map(|outline| (outline.font.as_str(), outline.program));
            unknown.entry(font).or_default().push(at);
        }
    }
    for of_font in unknown.into_values() {
        let read = |as_character: Guess| of_font.iter().map(|&at| as_character(&glyphs[at])).collect::<Vec<_>>();
        let (codes, ordered) = (read(by_code), read(by_order));
        let (is_words, is_ordered) = (reads_like_words(&codes), reads_like_words(&ordered));
        let guesses = if is_ordered && !is_words { ordered } else { codes };
        let is_guess = !is_words && !is_ordered;
        for (at, guess) in of_font.into_iter().zip(guesses) {
            // Ligatures are none among letters that are no words.
            let guess = guess.filter(|text| !is_guess || matches!(text, BfString::Char(_)));
            meanings[at] = guess.and_then(text_of).map(|text| Meaning { text, is_guess });
        }
    }
    meanings
}

/// What a glyph may stand for.
type Guess = fn(&UnmappedGlyph) -> Option<BfString>;

/// Many programs number glyphs like characters. TeX's bitmap fonts have ligatures and quotes among the control characters.
fn by_code(glyph: &UnmappedGlyph) -> Option<BfString> {
    const LIGATURES: [&str; 5] = ["ff", "fi", "fl", "ffi", "ffl"];
    if glyph.is_nothing {
        return None;
    }
    match glyph.code {
        0x10 if glyph.is_type3 => return Some(BfString::Char('“')),
        0x11 if glyph.is_type3 => return Some(BfString::Char('”')),
        code @ (0x0b..=0x0f | 0x1b..=0x1f) if glyph.is_type3 => {
            return Some(BfString::String(LIGATURES[(code as usize & 0xf) - 0xb].into()));
        }
        _ => {}
    }
    let c = char::from_u32(glyph.code)?;
    let is_printed = c.is_alphanumeric() || c == ' ' || c.is_ascii_graphic() || ('\u{a1}'..='\u{2ff}').contains(&c);
    is_printed.then_some(BfString::Char(c))
}

/// Others keep the numbers that glyphs have in a font that begins as nearly all do.
fn by_order(glyph: &UnmappedGlyph) -> Option<BfString> {
    common(glyph.outline.as_ref()?.glyph).map(BfString::Char)
}

/// True when vowels are among the letters as often as in languages with Latin letters. Letters that are all a number of
/// places off are not.
fn reads_like_words(texts: &[Option<BfString>]) -> bool {
    const FEWEST_LETTERS: usize = 5;
    let (mut letters, mut vowels, mut others) = (0, 0, 0);
    for text in texts {
        match text {
            Some(BfString::Char(c)) if c.is_ascii_alphabetic() => {
                letters += 1;
                vowels += usize::from(matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
            }
            Some(BfString::Char(c)) if c.is_ascii_digit() || *c == ' ' => {}
            Some(BfString::String(_)) => {}
            _ => others += 1,
        }
    }
    letters >= FEWEST_LETTERS && others <= letters && vowels * 100 >= letters * 25 && vowels * 100 <= letters * 60
}
