//! Text that a file has for some of its glyphs, such as for a ligature or for a letter that is drawn as a shape.

use super::strings::document_text;
use super::text::{Text, text_of};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};

/// The marked parts of a page that are open.
#[derive(Default)]
pub struct Replacements {
    depth: usize,
    /// The outermost part with a text: its depth, its first glyph and the text.
    open: Option<(usize, usize, Text)>,
}

impl Replacements {
    /// A part begins with the glyph that is drawn next.
    pub fn begin(&mut self, properties: Option<&Dict<'_>>, next_glyph: usize) {
        self.depth += 1;
        if self.open.is_some() {
            return;
        }
        let text = properties.and_then(|properties| properties.get::<PdfString<'_>>(b"ActualText"));
        let text =
            text.and_then(|text| document_text(text.as_bytes())).and_then(|text| text_of(BfString::String(text)));
        self.open = text.map(|text| (self.depth, next_glyph, text));
    }

    /// A part ends. Gives the text for the glyphs in it, and the first of them.
    pub fn end(&mut self) -> Option<(usize, Text)> {
        let is_over = self.open.as_ref().is_some_and(|(depth, ..)| *depth >= self.depth);
        self.depth = self.depth.saturating_sub(1);
        let (_, first, text) = self.open.take_if(|_| is_over)?;
        Some((first, text))
    }
}
