//! What styles say about structure, headings, lists and quotations, and whether their text is bold, italic or code.

use crate::Error;
use crate::markup::xml::{Node, Tag, Xml};
use crate::text::Emphasis;
use std::collections::HashMap;

/// Styles by their ids.
#[derive(Default)]
pub struct Styles(HashMap<String, Style>);

#[derive(Default, Clone)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<usize>,
    list: Option<String>,
    list_level: Option<usize>,
    toggles: Toggles,
}

/// Bold, italic and code, where a style or a run says anything of them.
#[derive(Default, Clone, Copy)]
pub struct Toggles {
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub code: Option<bool>,
}

impl Toggles {
    /// These, and those where these say nothing.
    pub fn or(self, other: Self) -> Self {
        Self { bold: self.bold.or(other.bold), italic: self.italic.or(other.italic), code: self.code.or(other.code) }
    }

    /// What a style of words makes of its paragraph's: in both, it is off again (ECMA-376, part 1, section 17.7.3).
    pub fn beside(self, paragraph: Self) -> Self {
        let both = |own: Option<bool>, other: Option<bool>| own.map(|own| own != other.unwrap_or(false));
        Self { bold: both(self.bold, paragraph.bold), italic: both(self.italic, paragraph.italic), ..self }
    }

    /// The emphasis of a run in a paragraph.
    pub fn over(self, paragraph: Self) -> Emphasis {
        let Self { bold, italic, code } = self.or(paragraph);
        Emphasis { bold: bold.unwrap_or(false), italic: italic.unwrap_or(false), code: code.unwrap_or(false) }
    }
}

/// Names of styles for words of programs: Word's own, LibreOffice's, pandoc's.
const CODE: [&str; 7] =
    ["html code", "html keyboard", "html sample", "html typewriter", "source text", "teletype", "verbatim char"];

/// Names of styles for quotations: Word's own, LibreOffice's, and the one pandoc uses.
const QUOTATIONS: [&str; 4] = ["quote", "intense quote", "quotations", "block text"];

/// Whether a property that is named is on: it is, unless it says not.
pub fn is_on(tag: &Tag<'_>) -> bool {
    tag.attribute("val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"))
}

/// Styles that build on each other; a longer chain is a loop.
const LONGEST_CHAIN: usize = 20;

impl Styles {
    /// Reads `word/styles.xml`.
    pub fn read(mut xml: Xml<'_>) -> Result<Self, Error> {
        let mut styles = HashMap::new();
        let mut open: Option<(String, Style)> = None;
        while let Some(()) = xml.next(|node| match node {
            Node::Start(tag) if tag.name() == "style" => {
                open = tag.attribute("styleId").map(|id| (id, Style::default()));
            }
            Node::Start(tag) => {
                if let Some((_, style)) = &mut open {
                    let value = || tag.attribute("val");
                    match tag.name() {
                        "name" => {
                            style.name = value().unwrap_or_default().to_lowercase();
                            style.toggles.code = CODE.contains(&style.name.as_str()).then_some(true);
                        }
                        "basedOn" => style.based_on = value(),
                        "outlineLvl" => style.outline = value().and_then(|level| level.parse().ok()),
                        "numId" => style.list = value(),
                        "b" => style.toggles.bold = Some(is_on(&tag)),
                        "i" => style.toggles.italic = Some(is_on(&tag)),
                        "ilvl" => style.list_level = value().and_then(|level| level.parse().ok()),
                        _ => {}
                    }
                }
            }
            Node::End("style") => styles.extend(open.take()),
            Node::End(_) | Node::Text(_) => {}
        })? {}
        Ok(Self(styles))
    }

    /// The level of heading that a style makes, 1 to 9. Without a style sheet the ids themselves tell.
    pub fn heading(&self, id: &str) -> Option<usize> {
        self.chain(id)
            .find_map(|style| {
                heading_of(&style.name).or(style.outline.filter(|level| *level < 9).map(|level| level + 1))
            })
            .or_else(|| heading_of(&id.to_lowercase()))
    }

    /// The list and the level in it that a style puts its paragraphs into.
    pub fn list(&self, id: &str) -> Option<(String, usize)> {
        self.chain(id).find_map(|style| style.list.clone().map(|list| (list, style.list_level.unwrap_or(0))))
    }

    /// True for a style of quotations.
    pub fn is_quotation(&self, id: &str) -> bool {
        self.chain(id).any(|style| QUOTATIONS.contains(&style.name.as_str()))
    }

    /// What a style and those it builds on say of bold, italic and code.
    pub fn toggles(&self, id: &str) -> Toggles {
        self.chain(id).fold(Toggles::default(), |toggles, style| toggles.or(style.toggles))
    }

    /// True when a style's own name calls it a list.
    pub fn is_list(&self, id: &str) -> bool {
        self.0
            .get(id)
            .is_some_and(|style| style.name.starts_with("list bullet") || style.name.starts_with("list number"))
    }

    fn chain<'s>(&'s self, id: &str) -> impl Iterator<Item = &'s Style> {
        let first = self.0.get(id);
        let next = |style: &&'s Style| style.based_on.as_ref().and_then(|id| self.0.get(id));
        std::iter::successors(first, next).take(LONGEST_CHAIN)
    }
}

fn heading_of(name: &str) -> Option<usize> {
    match name {
        "title" => Some(1),
        name => name.strip_prefix("heading")?.trim().parse().ok().filter(|level| (1..=9).contains(level)),
    }
}
