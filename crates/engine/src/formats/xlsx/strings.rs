//! The strings that cells share.

use crate::Error;
use crate::markup::xml::{Node, Xml};

/// Reads `sharedStrings.xml`. Its own count of them is not believed.
pub fn read_strings(mut xml: Xml<'_>) -> Result<Vec<Box<str>>, Error> {
    let mut strings = vec![];
    let mut open = String::new();
    let (mut in_text, mut in_reading) = (false, false);
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => match tag.name() {
            "t" => in_text = true,
            // How Japanese words are read aloud.
            "rPh" => in_reading = true,
            _ => {}
        },
        Node::Text(text) if in_text && !in_reading => open.push_str(text),
        Node::Text(_) => {}
        Node::End("t") => in_text = false,
        Node::End("rPh") => in_reading = false,
        Node::End("si") => strings.push(std::mem::take(&mut open).replace("_x000D_", "").into_boxed_str()),
        Node::End(_) => {}
    })? {}
    Ok(strings)
}
