//! Web pages: their text, headings, lists, tables and links. Scripts and styles are not text.

use crate::markup::html::{looks_like_html, read_html};
use crate::text::{Decoder, one_line};
use crate::{Error, Format, Job, Reader, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "html",
    mime: "text/html",
    extensions: &["html", "htm", "xhtml"],
    detect: |head| {
        let is_named = head.is_named(FORMAT.extensions);
        // A page may be full of bytes that no text has, and browsers show it all the same.
        let is_page =
            || looks_like_html(head) || head.bytes.windows(7).any(|bytes| bytes.eq_ignore_ascii_case(b"<title>"));
        (head.text.is_some() && (is_named || looks_like_html(head))) || (is_named && is_page())
    },
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut text = Decoder::open(input)?;
    let writer = read_html(&mut text, job, sink)?;
    text.note(job);
    job.facts.title = one_line(&writer.title);
    // A page may have nothing but its title.
    if sink.is_empty()
        && let Some(title) = &job.facts.title
    {
        sink.stream(title);
    }
    Ok(())
}
