//! What a page shows, counted: whether its text can be used, or only looking at the page could read it.

use super::text::Text;

/// Counts of one page.
#[derive(Debug, Default)]
pub struct ContentCounts {
    /// Area of the pictures, in square points.
    pub image_area: f64,
    /// Shapes drawn.
    pub paths: usize,
    /// Characters that are seen and have a meaning.
    known: usize,
    /// Glyphs that the file does not say the meaning of: none, one for private use, or a control character.
    unknown: usize,
    /// Characters with a meaning that are there but not seen: what an OCR program put under a scan.
    hidden: usize,
    hidden_letters: usize,
}

/// Characters that a stamp, a page number or a scanner's name may have on a page that is a picture.
const FEW: usize = 20;
/// The same on a page that a picture covers almost wholly.
const FEW_ON_SCAN: usize = 60;
/// Shapes from which a page without letters may be letters drawn as shapes.
const SHAPES: usize = 20;

impl ContentCounts {
    pub fn add(&mut self, text: &Text, is_hidden: bool) {
        for c in text.chars() {
            match c {
                char::REPLACEMENT_CHARACTER | '\u{e000}'..='\u{f8ff}' => self.unknown += 1,
                c if c.is_whitespace() => {}
                c if is_hidden => {
                    self.hidden += 1;
                    self.hidden_letters += usize::from(c.is_alphanumeric());
                }
                _ => self.known += 1,
            }
        }
    }

    /// So many glyphs of unknown meaning turned out to mean this.
    pub fn reveal(&mut self, unknown: usize, text: &Text) {
        self.unknown = self.unknown.saturating_sub(unknown);
        self.add(text, false);
    }

    /// A glyph that stands for a control character.
    pub fn add_nothing(&mut self) {
        self.unknown += 1;
    }

    /// True when the page shows something that its text does not say: a picture or shapes without letters, or with a
    /// handful over them; letters without a meaning; a layer of OCR that is not made of words.
    pub fn needs_ocr(&self, page_area: f64) -> bool {
        let covered = self.image_area / page_area.max(1.0);
        let all = self.known + self.hidden + self.unknown;
        if all == 0 {
            return covered > 0.01 || self.paths >= SHAPES;
        }
        if self.unknown * 10 > all * 3 {
            return true;
        }
        if self.hidden > self.known && self.hidden >= FEW {
            return self.hidden_letters * 10 < self.hidden * 6;
        }
        let few = if covered > 0.75 { FEW_ON_SCAN } else { FEW };
        covered > 0.25 && self.known + self.hidden < few
    }
}
