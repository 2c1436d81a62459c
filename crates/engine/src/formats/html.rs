//! Web pages: their text, headings, lists, tables and links. Scripts and styles are not text.

use crate::formats::{Format, Reader};
use crate::markup::html::{looks_like_html, read_html};
use crate::text::{Decoder, one_line};
use crate::{Error, ReadContext, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "html",
    mime: "text/html",
    extensions: &["html", "htm", "xhtml"],
    is_text: true,
    archive: None,
    detect: |head| {
        let is_named = head.is_named(FORMAT.extensions);
        // A page may be full of bytes that no text has, and browsers show it all the same.
        let is_page =
            || looks_like_html(head) || head.bytes.windows(7).any(|bytes| bytes.eq_ignore_ascii_case(b"<title>"));
        (head.text.is_some() && (is_named || looks_like_html(head))) || (is_named && is_page())
    },
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut text = Decoder::open(input)?;
    let writer = read_html(&mut text, context, sink)?;
    text.note(context);
    context.facts.title = one_line(&writer.title);
    // A page may have nothing but its title.
    if sink.is_empty()
        && let Some(title) = &context.facts.title
    {
        sink.stream(title);
    }
    Ok(())
}
