//! What `styles.xml` has: styles, lists, and what stands on every page.

use super::lists::Lists;
use super::styles::Styles;
use crate::Error;
use crate::markup::xml::{Node, Xml};
use crate::text::Inline;

/// Headers and footers of different page styles that are kept.
const MAX_KEPT: usize = 64;

/// What stands on every page, and the styles.
#[derive(Default)]
pub struct HeadersFooters {
    pub headers: Vec<Inline>,
    pub footers: Vec<Inline>,
    pub styles: Styles,
    pub lists: Lists,
}

/// Reads `styles.xml`. Several page styles may have the same header.
pub fn read_headers_footers(mut xml: Xml<'_>) -> Result<HeadersFooters, Error> {
    let (mut found, mut text) = (HeadersFooters::default(), Inline::default());
    // Inside of a header, of a footer, of a paragraph.
    let (mut is_header, mut is_footer, mut in_text) = (false, false, 0u32);
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => match tag.name() {
            "header" | "header-left" | "header-first" => is_header = true,
            "footer" | "footer-left" | "footer-first" => is_footer = true,
            "frame" => is_footer |= tag.attribute("class").is_some_and(|class| class == "footer"),
            "p" | "h" if is_header || is_footer => in_text += 1,
            "tab" if in_text > 0 => text.push("\t"),
            _ => {
                found.styles.start(&tag);
                found.lists.define(&tag);
            }
        },
        Node::Text(piece) if in_text > 0 => text.push(piece),
        Node::Text(_) => {}
        Node::End("p" | "h") if in_text > 0 => {
            in_text -= 1;
            let text = std::mem::take(&mut text);
            let to = if is_header { &mut found.headers } else { &mut found.footers };
            if !text.is_blank() && to.len() < MAX_KEPT && to.iter().all(|other| other.plain() != text.plain()) {
                to.push(text);
            }
        }
        Node::End("header" | "header-left" | "header-first") => is_header = false,
        Node::End("footer" | "footer-left" | "footer-first" | "frame") => is_footer = false,
        Node::End(_) => {}
    })? {}
    Ok(found)
}
