//! XML 1.0 cut into tags and texts, in the memory of one piece. Half of what reading a long document takes goes into this:
//! so bytes are checked and copied a piece at a time, and what a piece holds is only pointed at.

use crate::Error;
use memchr::{memchr, memchr2, memchr3, memmem};
use std::io::{self, Read};
use std::ops::Range;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 64 << 10;

/// What stands in a document. Comments and processing instructions do not.
#[derive(Debug, PartialEq)]
pub enum Token<'b> {
    /// A start tag, or the tag of an empty element: its name, and all between its brackets but the closing slash.
    Start { name: &'b str, content: &'b str, is_empty: bool },
    /// The name of an end tag.
    End(&'b str),
    /// A piece of text, or of a CDATA section. A return and the line feed after it are never parted.
    Text(&'b str),
    /// What stands between `&` and `;`.
    Reference(&'b str),
    /// A document type begins. What it says is not read.
    DocumentType,
}

/// Cuts what it reads.
pub struct Scanner<'a> {
    input: Box<dyn Read + 'a>,
    /// What was read and is not given yet begins at `at`.
    text: String,
    at: usize,
    /// Room to read into, with the beginning of a character whose rest was not read.
    bytes: Vec<u8>,
    begun: usize,
    is_first: bool,
    is_last: bool,
}

enum Kind {
    Start,
    End,
    Text,
    Reference,
}

impl<'a> Scanner<'a> {
    /// Begins to read UTF-8.
    pub fn new(input: impl Read + 'a) -> Self {
        let (input, text, bytes) = (Box::new(input), String::new(), vec![]);
        Self { input, text, at: 0, bytes, begun: 0, is_first: true, is_last: false }
    }

    /// The next token, or nothing at the end.
    pub fn next(&mut self) -> Result<Option<Token<'_>>, Error> {
        let (kind, range, after) = loop {
            let rest = &self.text.as_bytes()[self.at..];
            match rest {
                [] => {
                    if !self.read_on()? {
                        return Ok(None);
                    }
                }
                [b'<', b'/', ..] => {
                    let end = self.find(2, b">")?;
                    break (Kind::End, 2..end, 1);
                }
                [b'<', b'?', ..] => self.at += self.find(2, b"?>")? + 2,
                [b'<', b'!', ..] => match self.declaration()? {
                    Declaration::Comment(length) => self.at += length,
                    Declaration::Characters(range) => break (Kind::Text, range, 3),
                    Declaration::DocumentType => return Ok(Some(Token::DocumentType)),
                },
                [b'<', _, ..] => break (Kind::Start, 1..self.tag_end()?, 1),
                [b'<'] => self.need_more()?,
                [b'&', ..] => break (Kind::Reference, 1..self.reference_end()?, 1),
                _ => match memchr2(b'<', b'&', rest) {
                    Some(end) => break (Kind::Text, 0..end, 0),
                    None if rest.ends_with(b"\r") && !self.is_last => drop(self.read_on()?),
                    None => break (Kind::Text, 0..rest.len(), 0),
                },
            }
        };
        let range = self.at + range.start..self.at + range.end;
        self.at = range.end + after;
        let content = &self.text[range];
        Ok(Some(match kind {
            Kind::Start => start_tag(content)?,
            Kind::End => Token::End(content.trim_end_matches(is_space)),
            Kind::Text => Token::Text(content),
            Kind::Reference => Token::Reference(content),
        }))
    }

    /// What `<!` begins.
    fn declaration(&mut self) -> Result<Declaration, Error> {
        const CHARACTERS: &[u8] = b"<![CDATA[";
        const TYPE: &[u8] = b"<!DOCTYPE";
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let start = &rest[..rest.len().min(CHARACTERS.len())];
            if start.starts_with(b"<!--") {
                return Ok(Declaration::Comment(self.find(4, b"-->")? + 3));
            } else if start == CHARACTERS {
                return Ok(Declaration::Characters(CHARACTERS.len()..self.find(CHARACTERS.len(), b"]]>")?));
            } else if start.eq_ignore_ascii_case(TYPE) {
                return Ok(Declaration::DocumentType);
            }
            let may_become =
                |whole: &[u8]| whole.len() > start.len() && whole[..start.len()].eq_ignore_ascii_case(start);
            if !may_become(b"<!--") && !may_become(CHARACTERS) && !may_become(TYPE) {
                return Err(not_well_formed());
            }
            self.need_more()?;
        }
    }

    /// Where the tag that begins here has its closing bracket; one inside of an attribute's value is none.
    fn tag_end(&mut self) -> Result<usize, Error> {
        let rest = &self.text.as_bytes()[self.at..];
        // Of nearly every tag it is the first one. Counting what stands before it takes less than looking at each.
        if let Some(end) = memchr(b'>', rest) {
            let (odd, other) = rest[..end]
                .iter()
                .fold((false, false), |(odd, other), byte| (odd ^ (*byte == b'"'), other | (*byte == b'\'')));
            if !odd && !other {
                return Ok(end);
            }
        }
        let (mut from, mut open) = (1, None);
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            for (index, &byte) in rest.iter().enumerate().skip(from) {
                match (open, byte) {
                    (None, b'>') => return Ok(index),
                    (None, b'"' | b'\'') => open = Some(byte),
                    (Some(quote), byte) if byte == quote => open = None,
                    _ => {}
                }
            }
            from = rest.len();
            self.need_more()?;
        }
    }

    /// Where the reference that begins here has its semicolon. A lone `&` is found to be one without reading on for it.
    fn reference_end(&mut self) -> Result<usize, Error> {
        let mut from = 1;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            match memchr3(b';', b'<', b'&', &rest[from..]) {
                Some(length) if rest[from + length] == b';' && from + length > 1 => return Ok(from + length),
                Some(_) => return Err(not_well_formed()),
                None => from = rest.len(),
            }
            self.need_more()?;
        }
    }

    /// Where the next `end` is, counted from here, when nothing before `from` can be it.
    fn find(&mut self, mut from: usize, end: &[u8]) -> Result<usize, Error> {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let found = match end {
                [byte] => memchr(*byte, &rest[from..]),
                end => memmem::find(&rest[from..], end),
            };
            if let Some(found) = found {
                return Ok(from + found);
            }
            from = from.max((rest.len() + 1).saturating_sub(end.len()));
            self.need_more()?;
        }
    }

    fn need_more(&mut self) -> Result<(), Error> {
        if self.read_on()? { Ok(()) } else { Err(not_well_formed()) }
    }

    /// Reads the next piece behind what is left. False at the end.
    fn read_on(&mut self) -> Result<bool, Error> {
        if self.is_last {
            return Ok(false);
        }
        self.text.drain(..std::mem::take(&mut self.at));
        // A token longer than a piece is read in longer and longer ones.
        self.bytes.resize(self.begun + PIECE_BYTES.max(self.text.len()), 0);
        let count = loop {
            match self.input.read(&mut self.bytes[self.begun..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.is_last = count == 0;
        let read = self.begun + count;
        let valid = match std::str::from_utf8(&self.bytes[..read]) {
            Ok(text) => {
                self.text.push_str(text);
                read
            }
            // The last character may lack bytes where more come.
            Err(error) if error.error_len().is_none() && !self.is_last => {
                let valid = &self.bytes[..error.valid_up_to()];
                self.text.push_str(std::str::from_utf8(valid).map_err(|cause| not_well_formed().because(cause))?);
                valid.len()
            }
            Err(cause) => return Err(not_well_formed().because(cause)),
        };
        self.bytes.copy_within(valid..read, 0);
        self.begun = read - valid;
        if self.is_first && !self.text.is_empty() {
            self.is_first = false;
            self.at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        }
        Ok(!self.is_last)
    }
}

enum Declaration {
    /// A comment, and how long it is.
    Comment(usize),
    /// A CDATA section, and where its text is.
    Characters(Range<usize>),
    DocumentType,
}

fn start_tag(content: &str) -> Result<Token<'_>, Error> {
    let (content, is_empty) = content.strip_suffix('/').map_or((content, false), |content| (content, true));
    let name_end = content.bytes().position(|byte| is_space(char::from(byte))).unwrap_or(content.len());
    match &content[..name_end] {
        "" => Err(not_well_formed()),
        name => Ok(Token::Start { name, content, is_empty }),
    }
}

/// White space of XML, section 2.3.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

pub fn not_well_formed() -> Error {
    Error::malformed("The file is damaged: a part of it is not well-formed.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    /// Gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(to.len());
            to[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    /// What is read, a line each; pieces of text that follow each other as one. Nothing where it is refused.
    fn ours(document: &[u8], drop: usize) -> Option<Vec<String>> {
        let mut scanner = Scanner::new(Drops(document, drop));
        let mut all = vec![];
        while let Some(token) = scanner.next().ok()? {
            let one = match token {
                Token::Start { content, is_empty, .. } => {
                    format!("{} {content}", if is_empty { "empty" } else { "start" })
                }
                Token::End(name) => format!("end {name}"),
                Token::Text(text) => format!("text {text}"),
                Token::Reference(name) => format!("reference {name}"),
                Token::DocumentType => return None,
            };
            add(&mut all, one);
        }
        Some(all)
    }

    /// The same by a reader that is known to be right.
    fn expected(document: &[u8]) -> Option<Vec<String>> {
        let mut reader = Reader::from_reader(document);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        let (mut all, mut buffer) = (vec![], vec![]);
        loop {
            buffer.clear();
            let one = match reader.read_event_into(&mut buffer).ok()? {
                Event::Start(tag) => format!("start {}", &*tag),
                Event::Empty(tag) => format!("empty {}", &*tag),
                Event::End(tag) => format!("end {}", &*tag),
                Event::Text(text) => format!("text {}", &*text),
                Event::CData(text) => format!("text {}", &*text),
                Event::GeneralRef(name) => format!("reference {}", &*name),
                Event::DocType(_) => return None,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof => return Some(all),
            };
            add(&mut all, one);
        }
    }

    fn add(all: &mut Vec<String>, one: String) {
        match (all.last_mut(), one.strip_prefix("text ")) {
            (_, Some("")) => {}
            (Some(last), Some(text)) if last.starts_with("text ") => last.push_str(text),
            _ => all.push(one),
        }
    }

    fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(
            prop::sample::select(vec![
                "<w:p>",
                "</w:p>",
                "</w:p \n>",
                "<a b=\"1\" c='2'/>",
                "<a b=\"x > y\">",
                "<a b='it > \"s\"'/>",
                "<a b=\"O'Neil\" >",
                "text ",
                "\r\n",
                "\r",
                "\u{e9}\u{6771}\u{1f600}",
                "]]",
                "&amp;",
                "&#x41;",
                "<!-- a -- > -->",
                "<!---->",
                "<![CDATA[<x>&y; ]] ]]>",
                "<![CDATA[]]>",
                "<?xml version='1.0'?>",
                "<?go > on?>",
                "<!doctype x>",
                "<!ELEMENT",
                "&",
                "'",
                "\"",
                ">",
            ]),
            0..12,
        )
    }

    proptest! {
        #[test]
        fn tokens_are_those_of_another_reader(pieces in pieces(), drop in 1usize..9, cut in 0usize..300) {
            let document = pieces.concat().into_bytes();
            let document = &document[..cut.min(document.len())];
            prop_assert_eq!(ours(document, drop), expected(document), "{}", String::from_utf8_lossy(document));
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_text_and_other_bytes_than_utf8_are_refused() {
        assert_eq!(ours(b"\xef\xbb\xbf<a/>", 1), Some(vec!["empty a".into()]));
        assert_eq!(ours(b"<a>\xff</a>", 9), None);
        assert_eq!(ours(b"<a>\xc3", 9), None);
    }

    #[test]
    fn a_token_longer_than_a_piece_is_one() {
        let long = "x".repeat(3 * PIECE_BYTES);
        let read = ours(format!("<a b='{long}>'>{long}<![CDATA[{long}]]></a>").as_bytes(), usize::MAX).unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].len(), "start a b='>'".len() + long.len());
        assert_eq!(read[1].len(), "text ".len() + 2 * long.len());
    }
}
