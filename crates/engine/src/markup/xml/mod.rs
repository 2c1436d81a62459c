//! XML as a stream of plain events, without what makes it dangerous: no document types, no entities, no deep nests.

mod scanner;

use crate::{Error, text::Decoder};
use model::{Limits, Reason};
use quick_xml::events::BytesRef;
use quick_xml::events::attributes::Attributes;
use scanner::{Scanner, Token, not_well_formed};
use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

/// Reads one XML document.
pub struct Xml<'a> {
    scanner: Scanner<'a>,
    /// The names of the open elements, one after another, and where each begins.
    open: String,
    starts: Vec<usize>,
    /// The start of an empty element was given, and its end is not yet.
    is_in_empty: bool,
    max_depth: u32,
}

/// What the reader met. An empty element comes as its start and its end.
pub enum Node<'b> {
    /// The start of an element.
    Start(Tag<'b>),
    /// The end of an element, by its name without prefix.
    End(&'b str),
    /// A piece of text; entities and line ends come as pieces of their own.
    Text(&'b str),
}

/// The start of an element.
pub struct Tag<'b> {
    name: &'b str,
    content: &'b str,
}

impl Tag<'_> {
    /// The name without its prefix.
    pub fn name(&self) -> &str {
        local(self.name)
    }

    /// An attribute by its name without prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.find(|key| key.local_name().as_ref() == name)
    }

    /// An attribute by its name with the prefix that files use for it, where two have one name.
    pub fn prefixed_attribute(&self, name: &str) -> Option<String> {
        self.find(|key| key.0 == name)
    }

    fn find(&self, is_it: impl Fn(quick_xml::name::QName<'_>) -> bool) -> Option<String> {
        // The check for doubles is quadratic, and a million attributes fit in a part.
        let mut attributes = Attributes::new(self.content, self.name.len());
        let found = attributes.with_checks(false).flatten().find(|attribute| is_it(attribute.key))?;
        Some(match found.normalized_value(quick_xml::XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => found.value.into_owned(),
        })
    }
}

impl<'a> Xml<'a> {
    /// Begins to read.
    pub fn new(input: impl Read + 'a, limits: &Limits) -> Result<Self, Error> {
        let mut input = BufReader::new(input);
        let start = input.fill_buf()?;
        let is_wide =
            start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") || start.iter().take(4).any(|b| *b == 0);
        let scanner = if is_wide { Scanner::new(Decoder::open(input)?) } else { Scanner::new(input) };
        let (open, starts, max_depth) = (String::new(), vec![], limits.xml_depth);
        Ok(Self { scanner, open, starts, is_in_empty: false, max_depth })
    }

    /// Gives the next event to `take`, or nothing at the end of the document.
    pub fn next<T>(&mut self, take: impl FnOnce(Node<'_>) -> T) -> Result<Option<T>, Error> {
        if std::mem::take(&mut self.is_in_empty) {
            let start = self.starts.pop().unwrap_or_default();
            let given = take(Node::End(local(&self.open[start..])));
            self.open.truncate(start);
            return Ok(Some(given));
        }
        let Some(token) = self.scanner.next()? else {
            return if self.starts.is_empty() { Ok(None) } else { Err(Error::malformed("The file is cut off.")) };
        };
        Ok(Some(match token {
            Token::DocumentType => {
                let detail = "The file declares XML entities, which are not read.";
                return Err(Error::rejected(Reason::XmlEntities, detail));
            }
            Token::Start { name, content, is_empty } => {
                if self.starts.len() >= self.max_depth as usize {
                    return Err(Error::malformed("The file is nested too deeply."));
                }
                self.is_in_empty = is_empty;
                self.starts.push(self.open.len());
                self.open.push_str(name);
                take(Node::Start(Tag { name, content }))
            }
            Token::End(name) => {
                let start = self.starts.pop().filter(|start| self.open[*start..] == *name);
                self.open.truncate(start.ok_or_else(not_well_formed)?);
                take(Node::End(local(name)))
            }
            Token::Text(text) => take(Node::Text(&line_ends(text))),
            Token::Reference(name) => match BytesRef::new(name).resolve_char_ref() {
                Ok(Some(c)) => take(Node::Text(c.encode_utf8(&mut [0; 4]))),
                _ => take(Node::Text(predefined(name))),
            },
        }))
    }

    /// Reads on to the end of the element whose start was given last, and gives nothing of it.
    pub fn skip_element(&mut self) -> Result<(), Error> {
        let outside = self.starts.len().saturating_sub(1);
        while self.starts.len() > outside && self.next(|_| ())?.is_some() {}
        Ok(())
    }
}

/// Line ends are line feeds (section 2.11).
fn line_ends(text: &str) -> Cow<'_, str> {
    match memchr::memchr(b'\r', text.as_bytes()) {
        Some(_) => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        None => text.into(),
    }
}

/// A name without its prefix. Names are short: a search for the colon would take longer to begin than this takes.
fn local(name: &str) -> &str {
    match name.bytes().position(|byte| byte == b':') {
        Some(colon) => &name[colon + 1..],
        None => name,
    }
}

/// The five entities that every XML document has, and the one that people expect.
fn predefined(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => "",
    }
}
