//! What styles say of text: bold, italic or code, a title, a quotation, no number.

use crate::markup::xml::Tag;
use crate::text::Emphasis;
use std::collections::HashMap;

/// Styles that build on each other; a longer chain is a loop.
const LONGEST_CHAIN: usize = 20;

/// Styles of words that LibreOffice has for code.
const CODE: [&str; 2] = ["Source_20_Text", "Teletype"];

/// Styles of paragraphs and of words. One of each may have the same name.
#[derive(Default)]
pub struct Styles {
    paragraphs: HashMap<String, Style>,
    words: HashMap<String, Style>,
    /// The style that is being defined: whether it is one of paragraphs, and its name.
    open: Option<(bool, String)>,
}

#[derive(Default)]
struct Style {
    parent: Option<String>,
    bold: Option<bool>,
    italic: Option<bool>,
    list: Option<String>,
}

impl Styles {
    /// Takes the start of an element among styles.
    pub fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "style" => self.define(tag),
            "default-style" => self.open = None,
            "text-properties" => self.read_properties(tag),
            _ => {}
        }
    }

    /// What a style of words changes about the text around it.
    pub fn of_words(&self, name: &str, around: Emphasis) -> Emphasis {
        let code = around.code || CODE.iter().any(|code| is_made_of(&self.words, name, code));
        Emphasis { code, ..emphasis(&self.words, name, around) }
    }

    pub fn of_paragraph(&self, name: &str) -> Emphasis {
        emphasis(&self.paragraphs, name, Emphasis::default())
    }

    /// True for the title of a document: that style, or one made of it.
    pub fn is_title(&self, name: &str) -> bool {
        is_made_of(&self.paragraphs, name, "Title")
    }

    /// True for a paragraph that is a quotation.
    pub fn is_quotation(&self, name: &str) -> bool {
        is_made_of(&self.paragraphs, name, "Quotations")
    }

    /// True when a style takes its paragraphs out of the numbers of headings: it names a list, and that is none.
    pub fn is_without_number(&self, name: &str) -> bool {
        chain(&self.paragraphs, name).find_map(|style| style.list.as_deref()).is_some_and(str::is_empty)
    }

    fn define(&mut self, tag: &Tag<'_>) {
        self.open = None;
        let is_paragraph = match tag.attribute("family").as_deref() {
            Some("paragraph") => true,
            Some("text") => false,
            _ => return,
        };
        let Some(name) = tag.attribute("name") else { return };
        let (parent, list) = (tag.attribute("parent-style-name"), tag.attribute("list-style-name"));
        self.family(is_paragraph).insert(name.clone(), Style { parent, list, ..Style::default() });
        self.open = Some((is_paragraph, name));
    }

    fn read_properties(&mut self, tag: &Tag<'_>) {
        let Some((is_paragraph, name)) = self.open.take() else { return };
        let weight = tag.attribute("font-weight");
        let slant = tag.attribute("font-style");
        if let Some(style) = self.family(is_paragraph).get_mut(&name) {
            style.bold =
                weight.map(|weight| weight == "bold" || weight.parse::<u32>().is_ok_and(|weight| weight >= 600));
            style.italic = slant.map(|slant| slant != "normal");
        }
    }

    fn family(&mut self, is_paragraph: bool) -> &mut HashMap<String, Style> {
        if is_paragraph { &mut self.paragraphs } else { &mut self.words }
    }
}

fn emphasis(styles: &HashMap<String, Style>, name: &str, around: Emphasis) -> Emphasis {
    let find = |said: fn(&Style) -> Option<bool>| chain(styles, name).find_map(said);
    Emphasis {
        bold: find(|style| style.bold).unwrap_or(around.bold),
        italic: find(|style| style.italic).unwrap_or(around.italic),
        ..around
    }
}

/// Whether a style is that one, or builds on it.
fn is_made_of(styles: &HashMap<String, Style>, name: &str, other: &str) -> bool {
    name == other || chain(styles, name).any(|style| style.parent.as_deref() == Some(other))
}

fn chain<'s>(styles: &'s HashMap<String, Style>, name: &str) -> impl Iterator<Item = &'s Style> {
    let next = |style: &&'s Style| style.parent.as_ref().and_then(|name| styles.get(name));
    std::iter::successors(styles.get(name), next).take(LONGEST_CHAIN)
}
