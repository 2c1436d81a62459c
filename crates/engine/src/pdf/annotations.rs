//! What a page says outside of its content: values of form fields without an appearance, and people's comments.

use crate::text::one_line;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;

/// Annotations of one page that are looked at.
const MOST: usize = 2_000;

/// Texts of a page's annotations that are not drawn on it.
pub fn annotation_texts(page: &Page<'_>) -> Vec<String> {
    let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots") else { return vec![] };
    annotations.iter::<Dict<'_>>().take(MOST).filter_map(|annotation| text_of(&annotation)).collect()
}

fn text_of(annotation: &Dict<'_>) -> Option<String> {
    let kind = annotation.get::<Name<'_>>(b"Subtype")?;
    let is_drawn = annotation.contains_key(b"AP");
    match &*kind {
        b"Widget" if !is_drawn => {
            let value = annotation.get::<PdfString<'_>>(b"V");
            let inherited = || annotation.get::<Dict<'_>>(b"Parent")?.get::<PdfString<'_>>(b"V");
            string(&value.or_else(inherited)?)
        }
        b"FreeText" if is_drawn => None,
        b"FreeText" | b"Text" | b"Highlight" | b"Underline" | b"StrikeOut" | b"Squiggly" | b"Caret" | b"Stamp" => {
            string(&annotation.get::<PdfString<'_>>(b"Contents")?)
        }
        _ => None,
    }
}

fn string(text: &PdfString<'_>) -> Option<String> {
    super::document_text(text.as_bytes()).and_then(|text| one_line(&text))
}
