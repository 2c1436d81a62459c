//! The one font of all text layers of a document. Its codes are given to characters as they come, so that it has every script, and
//! it says which character each is.

use super::glyphless::{ADVANCE, font_file};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::HashMap;
use std::fmt::Write;

/// Codes have two bytes; what comes after them all is this.
const LAST: usize = 0xfffe;
/// Ranges that a CMap may have in one section (Adobe's technical note 5014).
const SECTION: usize = 100;
const NAME: &str = "GlyphLessFont";
/// Only characters that are none of Latin's, and every glyph as wide as the others.
const FLAGS: u32 = 0b101;

/// Characters and their codes.
#[derive(Default)]
pub struct LayerFont {
    codes: HashMap<char, u16>,
    characters: Vec<char>,
}

impl LayerFont {
    /// The code of a character, from 1.
    pub fn code(&mut self, character: char) -> u16 {
        let known = self.characters.len();
        let character = if known >= LAST { char::REPLACEMENT_CHARACTER } else { character };
        *self.codes.entry(character).or_insert_with(|| {
            self.characters.push(character);
            known as u16 + 1
        })
    }

    /// Puts the font's objects into the document; `id` is the font's.
    pub fn add_to(&self, document: &mut Document, id: ObjectId) {
        let file = font_file();
        let length = file.len() as i64;
        let file = document.add_object(compressed(dictionary! { "Length1" => length }, file));
        let descriptor = document.add_object(dictionary! {
            "Type" => "FontDescriptor", "FontName" => NAME, "Flags" => FLAGS, "ItalicAngle" => 0, "StemV" => 80,
            "FontBBox" => vec![0.into(), 0.into(), i64::from(ADVANCE).into(), 1000.into()],
            "Ascent" => 1000, "CapHeight" => 1000, "Descent" => -1, "FontFile2" => file,
        });
        // Every code is the empty glyph 1: some readers leave out what has glyph 0.
        let glyphs = [0, 0].into_iter().chain(self.characters.iter().flat_map(|_| [0, 1])).collect();
        let glyphs = document.add_object(compressed(Dictionary::new(), glyphs));
        let system = dictionary! {
            "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("Identity"), "Supplement" => 0,
        };
        let descendant = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => NAME, "CIDSystemInfo" => system,
            "FontDescriptor" => descriptor, "DW" => i64::from(ADVANCE), "CIDToGIDMap" => glyphs,
        });
        let meanings = document.add_object(compressed(Dictionary::new(), self.meanings().into_bytes()));
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => NAME, "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => meanings,
        };
        document.objects.insert(id, font.into());
    }

    /// The CMap that says which character each code is.
    fn meanings(&self) -> String {
        let mut map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering \
                       (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> \
                       <FFFF>\nendcodespacerange\n"
            .to_owned();
        let codes: Vec<(usize, &char)> = (1..).zip(&self.characters).collect();
        // Writing into a string cannot fail.
        for section in codes.chunks(SECTION) {
            let _ = writeln!(map, "{} beginbfchar", section.len());
            for (code, character) in section {
                let units: String =
                    character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
                let _ = writeln!(map, "<{code:04X}> <{units}>");
            }
            map.push_str("endbfchar\n");
        }
        map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    }
}

/// A stream that is compressed where that makes it smaller.
pub fn compressed(dictionary: Dictionary, bytes: Vec<u8>) -> Stream {
    let mut stream = Stream::new(dictionary, bytes);
    // It stays as it is where it cannot be.
    let _ = stream.compress();
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_code_and_says_what_it_is() {
        let mut font = LayerFont::default();
        assert_eq!(['a', 'ß', 'a', '中', '𝒜'].map(|character| font.code(character)), [1, 2, 1, 3, 4]);
        let meanings = font.meanings();
        for line in ["4 beginbfchar", "<0002> <00DF>", "<0003> <4E2D>", "<0004> <D835DC9C>"] {
            assert!(meanings.contains(line), "{meanings}");
        }
    }
}
