//! Glyphs whose font does not say plainly what they stand for.

use hayro_interpret::font::{FontData, Glyph};

/// A glyph whose font does not say its character.
pub struct UnmappedGlyph {
    /// Its index among the glyphs of the page.
    pub index: usize,
    pub code: u32,
    /// None for glyphs of Type 1 and Type 3 fonts, of which the file says nothing more.
    pub outline: Option<Outline>,
    pub is_type3: bool,
    /// What a simple font draws for codes that it has nothing for.
    pub is_nothing: bool,
}

/// How a glyph is drawn.
pub struct Outline {
    /// The font's name, without what marks it as a subset.
    pub font: String,
    /// The number of the glyph in the program.
    pub glyph: u32,
    /// The same for the same program.
    pub program: u128,
    pub data: FontData,
}

impl UnmappedGlyph {
    pub fn new(index: usize, drawn: &Glyph<'_>) -> Self {
        let code = drawn.char_code();
        let Glyph::Outline(drawn) = drawn else {
            return Self { index, code, outline: None, is_type3: true, is_nothing: false };
        };
        let glyph = drawn.glyph_id().to_u32();
        let outline = drawn.font_data().map(|font| Outline {
            font: font.postscript_name.unwrap_or_default(),
            glyph,
            program: font.cache_key,
            data: font.data,
        });
        Self { index, code, outline, is_type3: false, is_nothing: glyph == 0 && code <= 0xff }
    }
}
