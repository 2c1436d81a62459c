//! The characters of glyphs whose font does not say them, but belongs to one of Adobe's collections of Chinese, Japanese and
//! Korean characters: those are numbered, and the numbers are known.

use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, load_embedded};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};
use hayro_interpret::hayro_syntax::page::{Page, Resources};
use std::collections::HashMap;
use std::rc::Rc;

/// Fonts of one page that are looked at.
const MAX_FONTS: usize = 500;
/// Forms within forms that are looked into.
const DEEPEST: u32 = 3;

/// A glyph whose font does not say its character.
pub struct UnmappedGlyph {
    /// Its index among the glyphs of the page.
    pub index: usize,
    /// The font's name, without what marks it as a subset.
    pub font: String,
    pub code: u32,
}

/// The collections of the fonts met so far.
#[derive(Default)]
pub struct CidToUnicode {
    fonts: HashMap<String, Font>,
    collections: HashMap<Vec<u8>, Option<Rc<CMap>>>,
}

struct Font {
    encoding: CMap,
    characters: Rc<CMap>,
}

impl CidToUnicode {
    /// Learns the fonts of a page.
    pub fn learn(&mut self, page: &Page<'_>) {
        let mut left = MAX_FONTS;
        self.learn_from(page.resources(), DEEPEST, &mut left);
    }

    pub fn of(&self, glyph: &UnmappedGlyph) -> Option<BfString> {
        let font = self.fonts.get(&glyph.font)?;
        let number = (1..=4).find_map(|length| font.encoding.lookup_cid_code(glyph.code, length))?;
        font.characters.lookup_bf_string(number)
    }

    fn learn_from(&mut self, resources: &Resources<'_>, depth: u32, left: &mut usize) {
        for name in resources.fonts.keys() {
            *left = left.saturating_sub(1);
            if *left > 0
                && let Some(font) = resources.fonts.get::<Dict<'_>>(&*name)
            {
                self.learn_font(&font);
            }
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        for name in resources.x_objects.keys() {
            *left = left.saturating_sub(1);
            let form = (*left > 0).then(|| resources.x_objects.get::<Stream<'_>>(&*name)).flatten();
            if let Some(inner) = form.and_then(|form| form.dict().get::<Dict<'_>>(b"Resources")) {
                self.learn_from(&Resources::new(inner), depth, left);
            }
        }
    }

    fn learn_font(&mut self, font: &Dict<'_>) -> Option<()> {
        let name = font.get::<Name<'_>>(b"BaseFont")?;
        let name = match name.as_str().split_once('+') {
            Some((prefix, name)) if prefix.len() == 6 => name,
            _ => name.as_str(),
        };
        // One that says what some of its glyphs mean may be silent about others.
        if self.fonts.contains_key(name) {
            return None;
        }
        let encoding = match font.get::<Object<'_>>(b"Encoding")? {
            Object::Name(name) => embedded(&name)?,
            Object::Stream(stream) => CMap::parse(&stream.decoded_data().ok()?, load_embedded)?,
            _ => return None,
        };
        let inner = font.get::<Array<'_>>(b"DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let ordering = inner.get::<Dict<'_>>(b"CIDSystemInfo")?.get::<PdfString<'_>>(b"Ordering")?;
        let characters = self.collection(ordering.as_bytes())?;
        self.fonts.insert(name.into(), Font { encoding, characters });
        Some(())
    }

    fn collection(&mut self, ordering: &[u8]) -> Option<Rc<CMap>> {
        let name = [b"Adobe-", ordering, b"-UCS2"].concat();
        self.collections.entry(name).or_insert_with_key(|name| embedded(name).map(Rc::new)).clone()
    }
}

fn embedded(name: &[u8]) -> Option<CMap> {
    match CMapName::from_bytes(name) {
        CMapName::IdentityH => Some(CMap::identity_h()),
        CMapName::IdentityV => Some(CMap::identity_v()),
        name => CMap::parse(load_embedded(name)?, load_embedded),
    }
}
