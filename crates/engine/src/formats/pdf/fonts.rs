//! What the fonts of a page say of their glyphs beyond `ToUnicode` and names: codes that are characters, Adobe's
//! collections of Chinese, Japanese and Korean characters, which are numbered by numbers that are known, the embedded
//! program's own table of characters, and the order of glyphs of well-known families.

use super::font_programs::FontPrograms;
use super::glyph_orders::well_known;
use super::unmapped::UnmappedGlyph;
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, load_embedded};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};
use hayro_interpret::hayro_syntax::page::{Page, Resources};
use std::collections::HashMap;
use std::rc::Rc;

/// Fonts of one page that are looked at.
const MAX_FONTS: usize = 500;
/// Forms within forms that are looked into.
const DEEPEST: u32 = 3;

/// The fonts met so far.
#[derive(Default)]
pub struct Fonts {
    fonts: HashMap<String, Font>,
    collections: HashMap<Vec<u8>, Option<Rc<CMap>>>,
    programs: FontPrograms,
}

/// A composite font.
#[derive(Default)]
struct Font {
    /// Its `ToUnicode` says that codes are characters.
    has_unicode_codes: bool,
    is_embedded: bool,
    collection: Option<Collection>,
}

struct Collection {
    encoding: CMap,
    characters: Rc<CMap>,
}

impl Fonts {
    /// Learns the fonts of a page.
    pub fn learn(&mut self, page: &Page<'_>) {
        let mut left = MAX_FONTS;
        self.learn_from(page.resources(), DEEPEST, &mut left);
    }

    /// The characters that a glyph stands for.
    pub fn characters(&mut self, glyph: &UnmappedGlyph) -> Option<BfString> {
        let outline = glyph.outline.as_ref()?;
        let font = self.fonts.get(&outline.font);
        if font.is_some_and(|font| font.has_unicode_codes) {
            return char::from_u32(glyph.code).filter(|c| *c != '\0').map(BfString::Char);
        }
        if let Some(found) = font.and_then(|font| font.collection.as_ref()).and_then(|all| all.characters(glyph.code)) {
            return Some(found);
        }
        // Simple fonts have a program only if it is theirs.
        if font.is_none_or(|font| font.is_embedded) {
            return self.programs.characters(outline);
        }
        well_known(&outline.font, outline.glyph).map(BfString::Char)
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
        let inner = font.get::<Array<'_>>(b"DescendantFonts")?.iter::<Dict<'_>>().next()?;
        // One that says what some of its glyphs mean may be silent about others.
        if self.fonts.contains_key(name) {
            return None;
        }
        let to_unicode = font.get::<Name<'_>>(b"ToUnicode");
        let descriptor = inner.get::<Dict<'_>>(b"FontDescriptor");
        let learned = Font {
            has_unicode_codes: to_unicode.is_some_and(|map| matches!(&*map, b"Identity-H" | b"Identity-V")),
            is_embedded: descriptor.is_some_and(|descriptor| {
                [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|file| descriptor.contains_key(*file))
            }),
            collection: self.collection_of(font, &inner),
        };
        self.fonts.insert(name.into(), learned);
        Some(())
    }

    fn collection_of(&mut self, font: &Dict<'_>, inner: &Dict<'_>) -> Option<Collection> {
        let ordering = inner.get::<Dict<'_>>(b"CIDSystemInfo")?.get::<PdfString<'_>>(b"Ordering")?;
        let characters = self.collection(ordering.as_bytes())?;
        let encoding = match font.get::<Object<'_>>(b"Encoding")? {
            Object::Name(name) => embedded(&name)?,
            Object::Stream(stream) => CMap::parse(&stream.decoded_data().ok()?, load_embedded)?,
            _ => return None,
        };
        Some(Collection { encoding, characters })
    }

    fn collection(&mut self, ordering: &[u8]) -> Option<Rc<CMap>> {
        let name = [b"Adobe-", ordering, b"-UCS2"].concat();
        self.collections.entry(name).or_insert_with_key(|name| embedded(name).map(Rc::new)).clone()
    }
}

impl Collection {
    fn characters(&self, code: u32) -> Option<BfString> {
        let number = (1..=4).find_map(|length| self.encoding.lookup_cid_code(code, length))?;
        self.characters.lookup_bf_string(number)
    }
}

fn embedded(name: &[u8]) -> Option<CMap> {
    match CMapName::from_bytes(name) {
        CMapName::IdentityH => Some(CMap::identity_h()),
        CMapName::IdentityV => Some(CMap::identity_v()),
        name => CMap::parse(load_embedded(name)?, load_embedded),
    }
}
