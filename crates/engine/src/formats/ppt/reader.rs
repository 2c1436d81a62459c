//! Presentations before 2007: every slide a page, with its notes, and a list of what is embedded.

use super::{Deck, Kind, read_embedded};
use crate::containers::compound::{Compound, read_summary};
use crate::formats::{Format, Reader};
use crate::text::{Inline, list_attachments};
use crate::{Error, ReadContext, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "ppt",
    mime: "application/vnd.ms-powerpoint",
    extensions: &["ppt", "pps", "pot"],
    is_text: false,
    archive: None,
    detect: |head| head.has_stream(STREAM),
    reader: Reader::Document(read),
};

const STREAM: &str = "PowerPoint Document";
const MAX_USER: u64 = 4096;

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut file = Compound::open(input, context.limits)?;
    read_summary(&mut file, context)?;
    let user = file.read_stream(0, "Current User", MAX_USER)?.unwrap_or_default();
    let data = file.read_stream(0, STREAM, context.limits.archive_part_bytes)?.unwrap_or_default();
    let deck = Deck::read(&data, &user)?;
    let all = deck.len() as u32;
    context.facts.pages = Some(all);
    for slide in 0..deck.len() {
        if sink.is_full() {
            break;
        }
        context.progress("page", slide as u32, all);
        sink.begin_page();
        for text in deck.texts(slide) {
            for paragraph in text.text.split('\r') {
                let mut inline = Inline::default();
                inline.push(&paragraph.replace('\u{b}', "\n"));
                match text.kind {
                    Kind::Title => sink.heading(2, &inline),
                    Kind::Body => sink.item(0, "-", &inline),
                    Kind::Notes | Kind::Other => sink.paragraph(&inline),
                }
            }
            if text.kind == Kind::Body {
                sink.end_list();
            }
        }
    }
    list_attachments(read_embedded(&deck, context), context, sink);
    Ok(())
}
