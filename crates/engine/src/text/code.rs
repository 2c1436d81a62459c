//! Text whose line ends and indents matter: fenced in Markdown, passed through otherwise.

use super::Decoder;
use crate::{Error, ReadContext, Source, TextSink};

/// Passes text through, as a code block of that language in Markdown.
pub fn read_code(
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
    language: &str,
) -> Result<(), Error> {
    // A fence of the text itself must not end ours.
    const FENCE: &str = "``````";
    sink.mark_code();
    sink.stream_markdown(&format!("{FENCE}{language}\n"));
    let ends_line = pass_through(input, context, sink)?;
    sink.stream_markdown(if ends_line { "" } else { "\n" });
    sink.stream_markdown(&format!("{FENCE}\n"));
    Ok(())
}

/// Passes text through as it is. Gives true when it ended with a line end.
pub fn pass_through(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<bool, Error> {
    let mut text = Decoder::open(input)?;
    let mut ends_line = true;
    let mut chunks = 0;
    while !sink.is_full() {
        let Some(chunk) = text.next_chunk()? else { break };
        ends_line = chunk.ends_with('\n');
        sink.stream(chunk);
        chunks += 1;
        context.progress("text", chunks, 0);
    }
    text.note(context);
    Ok(ends_line)
}
