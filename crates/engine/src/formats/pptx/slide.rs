//! The text of one slide, of its notes or of its comments, as it streams by.

use super::bullets::{Bullet, Bullets, Inherited, LEVELS, Placeholder, level_of};
use crate::markup::xml::{Node, Tag, Xml};
use crate::text::{Emphasis, Inline, count_as};
use crate::{Error, TextSink};
use std::collections::HashMap;

/// What a slide needs to know of other parts.
pub struct SlideContext<'a> {
    pub inherited: &'a Inherited,
    /// Targets of links by their ids.
    pub links: &'a HashMap<String, String>,
}

/// Which text of a part is read.
#[derive(Clone, Copy, PartialEq)]
pub enum Shapes {
    All,
    /// Those that a slide shows of its layout or its master: not the placeholders that it fills itself.
    Behind,
}

/// Reads a part and gives its blocks to the sink. False when it does not show what is behind it.
pub fn read_slide(
    mut xml: Xml<'_>,
    shapes: Shapes,
    context: &SlideContext<'_>,
    sink: &mut TextSink,
) -> Result<bool, Error> {
    let mut slide = Slide {
        context,
        sink,
        shapes,
        shows_behind: true,
        placeholder: None,
        own: Bullets::default(),
        list_level: None,
        counts: [None; LEVELS],
        in_list: false,
        text: Inline::default(),
        level: 0,
        bullet: None,
        link: None,
        emphasis: Emphasis::default(),
        row: None,
        rows: 0,
        in_text: false,
    };
    while let Some(()) = xml.next(|node| slide.take(node))? {}
    slide.end_list();
    Ok(slide.shows_behind)
}

struct Slide<'s, 'o> {
    context: &'s SlideContext<'s>,
    sink: &'s mut TextSink<'o>,
    shapes: Shapes,
    shows_behind: bool,
    /// Of the open shape: the placeholder it fills, its own bullets and the level they are being read for, and how far its
    /// numbers have counted.
    placeholder: Option<Placeholder>,
    own: Bullets,
    list_level: Option<usize>,
    counts: [Option<u32>; LEVELS],
    in_list: bool,
    /// Of the open paragraph: its text, its level, its own bullet, and where its open run is and leads to.
    text: Inline,
    level: usize,
    bullet: Option<Bullet>,
    link: Option<(usize, String)>,
    /// The emphasis of its open run.
    emphasis: Emphasis,
    row: Option<Vec<Inline>>,
    rows: usize,
    in_text: bool,
}

impl Slide<'_, '_> {
    fn take(&mut self, node: Node<'_>) {
        match node {
            Node::Start(tag) => self.start(&tag),
            Node::Text(text) if self.in_text && !self.is_placeholder("sldNum") => {
                self.text.push_styled(text, self.emphasis)
            }
            Node::Text(_) => {}
            Node::End(name) => self.end(name),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if let Some(bullet) = Bullet::of(tag) {
            match self.list_level {
                Some(level) => self.own[level] = Some(bullet),
                None => self.bullet = Some(bullet),
            }
            return;
        }
        match tag.name() {
            "sld" | "sldLayout" => {
                self.shows_behind = tag.attribute("showMasterSp").is_none_or(|shows| shows != "0" && shows != "false")
            }
            // Each of them may be a placeholder, and is not what the one before was.
            "sp" | "graphicFrame" | "pic" | "cxnSp" => {
                (self.placeholder, self.own, self.counts) = (None, Bullets::default(), [None; LEVELS])
            }
            "ph" => self.placeholder = Some(Placeholder::of(tag)),
            "pPr" => {
                let level = tag.attribute("lvl").and_then(|level| level.parse::<usize>().ok());
                self.level = level.unwrap_or(0).min(LEVELS - 1);
            }
            "hlinkClick" => {
                let target = tag.attribute("id").and_then(|id| self.context.links.get(&id));
                self.link = target.map(|target| (self.text.link_start(), target.clone()));
            }
            "r" | "fld" => (self.link, self.emphasis) = (None, Emphasis::default()),
            "rPr" => self.emphasis = self.emphasis_of(tag),
            "t" | "text" => self.in_text = true,
            "br" => self.text.push("\n"),
            "tab" => self.text.push("\t"),
            "tr" => self.row = Some(vec![]),
            "tc" => {
                if let Some(cells) = &mut self.row {
                    cells.push(Inline::default());
                }
            }
            name if name.starts_with("lvl") => self.list_level = level_of(name),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "lstStyle" => self.list_level = None,
            "t" => self.in_text = false,
            "r" => {
                if let Some((start, target)) = self.link.take() {
                    self.text.end_link(start, &target);
                }
            }
            "p" | "cm" | "text" => {
                self.in_text = false;
                self.end_paragraph();
            }
            "sp" => self.end_list(),
            "tr" => {
                if let Some(cells) = self.row.take().filter(|cells| !cells.iter().all(Inline::is_blank)) {
                    self.end_list();
                    self.sink.row(&cells, self.rows == 0);
                    self.rows += 1;
                }
            }
            "tbl" if std::mem::take(&mut self.rows) > 0 => self.sink.end_table(),
            _ => {}
        }
    }

    /// The emphasis of a run. Titles and the header row of a table are bold anyway.
    fn emphasis_of(&self, tag: &Tag<'_>) -> Emphasis {
        let is_on = |name| tag.attribute(name).is_some_and(|value| matches!(value.as_str(), "1" | "true"));
        let is_title = self.is_placeholder("title") || self.is_placeholder("ctrTitle");
        let is_bold_anyway = is_title || (self.row.is_some() && self.rows == 0);
        Emphasis { bold: is_on("b") && !is_bold_anyway, italic: is_on("i"), code: false }
    }

    fn is_placeholder(&self, kind: &str) -> bool {
        self.placeholder.as_ref().is_some_and(|placeholder| placeholder.kind == kind)
    }

    fn end_paragraph(&mut self) {
        let (text, level, own) =
            (std::mem::take(&mut self.text), std::mem::take(&mut self.level), std::mem::take(&mut self.bullet));
        if let Some(cell) = self.row.as_mut().and_then(|cells| cells.last_mut()) {
            cell.push(if cell.is_blank() || text.is_blank() { "" } else { "\n" });
            cell.append(&text);
            return;
        }
        if text.is_blank() || (self.shapes == Shapes::Behind && self.placeholder.is_some()) {
            return;
        }
        if self.is_placeholder("title") || self.is_placeholder("ctrTitle") {
            self.end_list();
            return self.sink.heading(2, &text);
        }
        let inherited = || self.context.inherited.bullet(self.placeholder.as_ref()?, level).cloned();
        match own.or_else(|| self.own[level].clone()).or_else(inherited) {
            Some(Bullet::Character) => {
                self.counts[level..].fill(None);
                self.item(level, "-", &text);
            }
            Some(Bullet::Number(kind, start)) => {
                let count = self.counts[level].map_or(start, |count| count.saturating_add(1));
                self.counts[level..].fill(None);
                self.counts[level] = Some(count);
                self.item(level, &number(count, &kind), &text);
            }
            Some(Bullet::None) | None => {
                self.counts[level..].fill(None);
                self.end_list();
                self.sink.paragraph(&text);
            }
        }
    }

    fn item(&mut self, level: usize, marker: &str, text: &Inline) {
        self.in_list = true;
        self.sink.item(level, marker, text);
    }

    fn end_list(&mut self) {
        if std::mem::take(&mut self.in_list) {
            self.sink.end_list();
        }
    }
}

/// A number as its kind writes it: `alphaLcParenR` is `a)`.
fn number(count: u32, kind: &str) -> String {
    let format = match kind {
        kind if kind.starts_with("alphaLc") => "lowerLetter",
        kind if kind.starts_with("alphaUc") => "upperLetter",
        kind if kind.starts_with("romanLc") => "lowerRoman",
        kind if kind.starts_with("romanUc") => "upperRoman",
        _ => "decimal",
    };
    let (before, after) = match kind {
        kind if kind.ends_with("ParenBoth") => ("(", ")"),
        kind if kind.ends_with("ParenR") => ("", ")"),
        _ => ("", "."),
    };
    format!("{before}{}{after}", count_as(count, format))
}
