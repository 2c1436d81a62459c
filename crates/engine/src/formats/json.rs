//! JSON: checked and pretty-printed as it streams by, so that a document of any size takes little memory.

use crate::formats::{Format, Reader};
use crate::text::{Decoder, JsonPrinter};
use crate::{Error, ReadContext, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "json",
    mime: "application/json",
    extensions: &["json", "geojson", "ipynb", "webmanifest", "har", "map"],
    is_text: true,
    archive: None,
    detect: |head| head.text.is_some() && (head.is_named(FORMAT.extensions) || looks_like_json(&head.bytes)),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut text = Decoder::open(input)?;
    let mut printer = JsonPrinter::new(context.limits.json_depth);
    sink.mark_code();
    sink.stream_markdown("```json\n");
    let mut pretty = String::new();
    let mut chunks = 0;
    while !sink.is_full() {
        let Some(chunk) = text.next_chunk()? else { break };
        pretty.clear();
        printer.push(chunk, &mut pretty)?;
        sink.stream(&pretty);
        chunks += 1;
        context.progress("text", chunks, 0);
    }
    if !sink.is_full() {
        pretty.clear();
        printer.finish(&mut pretty)?;
        sink.stream(&pretty);
    }
    sink.stream("\n");
    sink.stream_markdown("```\n");
    text.note(context);
    Ok(())
}

/// Without a name to go by: an object or an array that parses as far as it was read. An INI file begins with a
/// bracket too.
fn looks_like_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let is_container = head.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"{[".contains(byte));
    is_container && {
        let mut printer = JsonPrinter::new(128);
        printer.push(&String::from_utf8_lossy(head), &mut String::new()).is_ok()
    }
}
