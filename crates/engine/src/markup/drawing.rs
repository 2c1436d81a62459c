//! What several Office formats draw with: the texts of charts and of diagrams ("SmartArt"), a paragraph each.

use super::xml::{Node, Xml};
use crate::text::Inline;
use crate::{Error, TextSink};

/// Gives titles and labels to the sink. What a chart draws, the numbers and their names, is a table elsewhere.
pub fn read_drawing(mut xml: Xml<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let (mut text, mut in_text) = (Inline::default(), false);
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => match tag.name() {
            "t" => in_text = true,
            "br" => text.push("\n"),
            _ => {}
        },
        Node::Text(piece) if in_text => text.push(piece),
        Node::Text(_) => {}
        Node::End("t") => in_text = false,
        Node::End("p") => {
            if !text.is_blank() {
                sink.paragraph(&text);
            }
            text.clear();
        }
        Node::End(_) => {}
    })? {
        if sink.is_full() {
            break;
        }
    }
    Ok(())
}
