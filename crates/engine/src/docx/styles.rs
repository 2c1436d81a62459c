//! What paragraph styles say about structure: headings and lists.

use crate::Error;
use crate::xml::{Node, Xml};
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
                        "name" => style.name = value().unwrap_or_default().to_lowercase(),
                        "basedOn" => style.based_on = value(),
                        "outlineLvl" => style.outline = value().and_then(|level| level.parse().ok()),
                        "numId" => style.list = value(),
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
            .find_map(|style| heading_of(&style.name).or(style.outline.filter(|at| *at < 9).map(|at| at + 1)))
            .or_else(|| heading_of(&id.to_lowercase()))
    }

    /// The list and the level in it that a style puts its paragraphs into.
    pub fn list(&self, id: &str) -> Option<(String, usize)> {
        self.chain(id).find_map(|style| style.list.clone().map(|list| (list, style.list_level.unwrap_or(0))))
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
