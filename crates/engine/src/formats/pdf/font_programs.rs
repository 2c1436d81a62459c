//! Embedded font programs, read backwards: from a glyph to the character that the font's own table or the glyph's name
//! has for it.

use super::unmapped::Outline;
use hayro_interpret::hayro_cmap::BfString;
use skrifa::GlyphId;
use skrifa::font::Font;
use skrifa::raw::ps::agl::name_to_chars;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Programs that are kept, at most a few hundred KiB each. A document with more begins anew.
const MAX_PROGRAMS: usize = 64;
/// Glyphs that a program may number.
const MAX_GLYPHS: usize = 1 << 16;

/// The programs met so far; none for one that cannot be read.
#[derive(Default)]
pub struct FontPrograms(HashMap<u128, Option<Program>>);

struct Program {
    font: Font,
    /// By glyph; U+0000 for one that no character leads to.
    characters: Vec<char>,
}

impl FontPrograms {
    /// The characters of a glyph by the program it is drawn by.
    pub fn characters(&mut self, outline: &Outline) -> Option<BfString> {
        if self.0.len() >= MAX_PROGRAMS && !self.0.contains_key(&outline.program) {
            self.0.clear();
        }
        let program = match self.0.entry(outline.program) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Program::read(outline)),
        };
        program.as_ref()?.characters(outline.glyph)
    }
}

impl Program {
    fn read(outline: &Outline) -> Option<Self> {
        let font = Font::new(outline.data.clone(), 0)?;
        let mut characters: Vec<char> = vec![];
        for (code, glyph) in font.charmap().unicodes() {
            let glyph = glyph.to_u32() as usize;
            let Some(c) = char::from_u32(code).filter(|c| glyph < MAX_GLYPHS && !is_private(*c)) else { continue };
            if characters.len() <= glyph {
                characters.resize(glyph + 1, '\0');
            }
            // Of a space and one that does not break, the first.
            if characters[glyph] == '\0' {
                characters[glyph] = c;
            }
        }
        Some(Self { font, characters })
    }

    fn characters(&self, glyph: u32) -> Option<BfString> {
        if let Some(c) = self.characters.get(glyph as usize).filter(|c| **c != '\0') {
            return Some(BfString::Char(*c));
        }
        let name = self.font.glyph_name(GlyphId::new(glyph))?;
        let name = name.as_str();
        // `a65` is a dingbat in its own font alone.
        if name.strip_prefix('a').is_some_and(|number| number.parse::<u32>().is_ok()) {
            return None;
        }
        let text: String = name_to_chars(name).filter(|c| !is_private(*c)).collect();
        (!text.is_empty()).then_some(BfString::String(text))
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}
