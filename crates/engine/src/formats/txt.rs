//! Plain text in any encoding: passed through.

use crate::text::Decoder;
use crate::{Error, Format, Job, Reader, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "txt",
    mime: "text/plain",
    extensions: &["txt", "log", "text"],
    detect: |head| head.text.is_some(),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut text = Decoder::open(input)?;
    while !sink.is_full() {
        let Some(chunk) = text.next_chunk()? else { break };
        sink.stream(chunk);
    }
    text.note(job);
    Ok(())
}
