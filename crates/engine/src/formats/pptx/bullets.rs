//! What stands before the paragraphs of a slide: bullets and numbers. A slide has most of them from its layout, and the
//! layout from its master.

use crate::Error;
use crate::markup::xml::{Node, Tag, Xml};
use std::collections::HashMap;

/// Levels that lists have in the format.
pub const LEVELS: usize = 9;

/// What stands before a paragraph.
#[derive(Debug, Clone, PartialEq)]
pub enum Bullet {
    None,
    Character,
    /// A number: how it is written, in the words of the format, and where it begins.
    Number(String, u32),
}

impl Bullet {
    /// The bullet that an element says there is.
    pub fn of(tag: &Tag<'_>) -> Option<Self> {
        match tag.name() {
            "buNone" => Some(Self::None),
            "buChar" | "buBlip" => Some(Self::Character),
            "buAutoNum" => {
                let start = tag.attribute("startAt").and_then(|start| start.parse().ok());
                Some(Self::Number(tag.attribute("type").unwrap_or_default(), start.unwrap_or(1)))
            }
            _ => None,
        }
    }
}

/// Bullets by level, where there is something said of them.
pub type Bullets = [Option<Bullet>; LEVELS];

/// Which level of a list a style's element is about: `lvl1pPr` is the first.
pub fn level_of(name: &str) -> Option<usize> {
    let level: usize = name.strip_prefix("lvl")?.strip_suffix("pPr")?.parse().ok()?;
    level.checked_sub(1).filter(|level| *level < LEVELS)
}

/// The placeholder of a layout that a shape fills.
#[derive(Debug, Clone, Default)]
pub struct Placeholder {
    pub kind: String,
    index: Option<String>,
}

impl Placeholder {
    /// Reads the element `ph`.
    pub fn of(tag: &Tag<'_>) -> Self {
        let kind = tag.attribute("type").unwrap_or_else(|| "obj".into());
        Self { kind, index: tag.attribute("idx") }
    }

    /// True where the text of the slide goes, as opposed to titles, dates and the like.
    fn is_body(&self) -> bool {
        matches!(self.kind.as_str(), "body" | "obj" | "subTitle")
    }
}

/// The bullets that slides of one layout inherit.
#[derive(Default)]
pub struct Inherited {
    /// Of the layout's placeholders, by index and by kind.
    placeholders: HashMap<String, Bullets>,
    body: Bullets,
}

impl Inherited {
    /// Adds what a layout says of its placeholders.
    pub fn read_layout(&mut self, mut xml: Xml<'_>) -> Result<(), Error> {
        let (mut placeholder, mut bullets, mut level) = (None, Bullets::default(), None);
        while let Some(()) = xml.next(|node| match node {
            Node::Start(tag) => match tag.name() {
                "ph" => placeholder = Some(Placeholder::of(&tag)),
                name if name.starts_with("lvl") => level = level_of(name),
                _ => {
                    if let (Some(level), Some(bullet)) = (level, Bullet::of(&tag)) {
                        bullets[level] = Some(bullet);
                    }
                }
            },
            Node::End("lstStyle") => level = None,
            Node::End("sp") => {
                let bullets = std::mem::take(&mut bullets);
                if let Some(Placeholder { kind, index }) = placeholder.take() {
                    self.placeholders.extend(index.map(|index| (index, bullets.clone())));
                    self.placeholders.entry(kind).or_insert(bullets);
                }
            }
            Node::End(_) | Node::Text(_) => {}
        })? {}
        Ok(())
    }

    /// Adds what the master says of text.
    pub fn read_master(&mut self, mut xml: Xml<'_>) -> Result<(), Error> {
        let (mut in_body, mut level) = (false, None);
        while let Some(()) = xml.next(|node| match node {
            Node::Start(tag) if tag.name() == "bodyStyle" => in_body = true,
            Node::Start(tag) if in_body => match Bullet::of(&tag) {
                Some(bullet) => {
                    if let Some(level) = level {
                        self.body[level] = Some(bullet.clone());
                    }
                }
                None => level = level_of(tag.name()).or(level),
            },
            Node::End("bodyStyle") => in_body = false,
            Node::Start(_) | Node::End(_) | Node::Text(_) => {}
        })? {}
        Ok(())
    }

    /// The bullet of a level in a placeholder.
    pub fn bullet(&self, placeholder: &Placeholder, level: usize) -> Option<&Bullet> {
        let known = placeholder.index.as_ref().and_then(|index| self.placeholders.get(index));
        let known =
            known.or_else(|| self.placeholders.get(&placeholder.kind)).and_then(|bullets| bullets[level].as_ref());
        known.or_else(|| self.body[level].as_ref().filter(|_| placeholder.is_body()))
    }
}
