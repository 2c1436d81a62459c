//! Documents of Word 2003, and packages of newer ones written out: read like the parts of a package, one after another.

use super::{is_document, outermost};
use crate::formats::docx::{Lists, PartContext, Styles, read_part};
use crate::formats::{Format, Reader};
use crate::markup::xml::Xml;
use crate::{Error, ReadContext, Source, TextSink};
use std::collections::HashMap;
use std::io::SeekFrom;

pub const FORMAT: Format = Format {
    name: "word-xml",
    mime: "application/xml",
    extensions: &[],
    is_text: true,
    archive: None,
    detect: |head| outermost(head).is_some_and(|element| is_document(&element)),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    context.progress("text", 0, 2);
    let styles = Styles::read(Xml::new(&mut *input, context.limits)?)?;
    input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    let mut lists = Lists::read(Xml::new(&mut *input, context.limits)?)?;
    input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    context.progress("text", 1, 2);
    let (links, mut followed) = (HashMap::new(), vec![]);
    let mut part = PartContext { styles: &styles, lists: &mut lists, links: &links, followed: &mut followed };
    read_part(Xml::new(input, context.limits)?, &mut part, sink)?;
    sink.list_links(&followed);
    Ok(())
}
