//! XML as a stream of plain events, without what makes it dangerous: no document types, no entities, no deep nests.

use crate::{Error, text::Decoder};
use model::{Limits, Reason};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

/// Reads one XML document.
pub struct Xml<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    buffer: Vec<u8>,
    depth: u32,
    most_depth: u32,
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
pub struct Tag<'b>(BytesStart<'b>);

impl Tag<'_> {
    /// The name without its prefix.
    pub fn name(&self) -> &str {
        let name = self.0.name().0;
        name.rsplit(':').next().unwrap_or(name)
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
        let mut attributes = self.0.attributes();
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
        let mut input = BufReader::with_capacity(64 << 10, input);
        let start = input.fill_buf()?;
        let is_wide =
            start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") || start.iter().take(4).any(|b| *b == 0);
        let input: Box<dyn BufRead + 'a> =
            if is_wide { Box::new(BufReader::new(Decoder::open(input)?)) } else { Box::new(input) };
        let mut reader = Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, buffer: vec![], depth: 0, most_depth: limits.xml_depth })
    }

    /// Gives the next event to `take`, or nothing at the end of the document.
    pub fn next<T>(&mut self, take: impl FnOnce(Node<'_>) -> T) -> Result<Option<T>, Error> {
        loop {
            self.buffer.clear();
            return Ok(Some(match self.reader.read_event_into(&mut self.buffer).map_err(from_xml)? {
                Event::Eof if self.depth > 0 => return Err(Error::malformed("The file is cut off.")),
                Event::Eof => return Ok(None),
                Event::DocType(_) => {
                    let detail = "The file declares XML entities, which are not read.";
                    return Err(Error::rejected(Reason::XmlEntities, detail));
                }
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > self.most_depth {
                        return Err(Error::malformed("The file is nested too deeply."));
                    }
                    take(Node::Start(Tag(start)))
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    take(Node::End(end.local_name().as_ref()))
                }
                Event::Text(text) => take(Node::Text(&text.xml10_content())),
                Event::CData(text) => take(Node::Text(&text.into_inner())),
                Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                    Ok(Some(c)) => take(Node::Text(c.encode_utf8(&mut [0; 4]))),
                    _ => take(Node::Text(predefined(&entity.into_inner()))),
                },
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            }));
        }
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

fn from_xml(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(cause) => match Arc::try_unwrap(cause) {
            Ok(cause) => cause.into(),
            Err(cause) => std::io::Error::new(cause.kind(), cause.to_string()).into(),
        },
        _ => Error::malformed("The file is damaged: a part of it is not well-formed."),
    }
}
