//! A paragraph while it is read: its text, its place in the document, and how its runs are emphasised.

use super::Styles;
use super::styles::{Toggles, is_on};
use crate::markup::xml::Tag;
use crate::text::{Emphasis, Inline};

#[derive(Default)]
pub struct Paragraph {
    pub text: Inline,
    pub style: Option<String>,
    pub list: Option<String>,
    pub level: usize,
    pub outline: Option<usize>,
    pub is_quotation: bool,
    /// How its style sets its text, and how the open run does.
    pub own: Toggles,
    pub run: Toggles,
    /// Headings and the header row of a table are bold anyway.
    pub is_bold_anyway: bool,
}

impl Paragraph {
    /// Adds text of the open run.
    pub fn push_styled(&mut self, text: &str) {
        let emphasis = self.run.over(self.own);
        let bold = emphasis.bold && !self.is_bold_anyway;
        self.text.push_styled(text, Emphasis { bold, ..emphasis });
    }

    /// A property of the open run.
    pub fn run_property(&mut self, name: &str, tag: &Tag<'_>, styles: &Styles) {
        match name {
            "b" => self.run.bold = Some(is_on(tag)),
            "i" => self.run.italic = Some(is_on(tag)),
            "rStyle" => {
                let style = tag.attribute("val").map(|style| styles.toggles(&style)).unwrap_or_default();
                self.run = self.run.or(style.beside(self.own));
            }
            _ => {}
        }
    }

    /// From here on it is known what style the paragraph has.
    pub fn end_properties(&mut self, styles: &Styles) {
        let style = self.style.as_deref();
        let is_heading =
            self.outline.is_some_and(|level| level < 9) || style.is_some_and(|style| styles.heading(style).is_some());
        // A heading or a quotation that is italic by its style says nothing by it.
        self.is_quotation = style.is_some_and(|style| styles.is_quotation(style));
        self.own =
            style.filter(|_| !is_heading && !self.is_quotation).map(|style| styles.toggles(style)).unwrap_or_default();
        self.is_bold_anyway |= is_heading;
    }
}
