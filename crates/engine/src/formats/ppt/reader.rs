//! Presentations before 2007: every slide a page, with its notes, and a list of what is embedded.

use super::{Deck, Kind, read_embedded};
use crate::containers::compound::{Compound, read_summary};
use crate::formats::{Format, Reader};
use crate::text::{Inline, list_attachments};
use crate::{Error, ReadContext, Source, TextSink};
use encoding_rs::WINDOWS_1252;
use model::Reason;

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
/// Where the newer version of a presentation for two versions is.
const NEWER: &str = "PP97_DUALSTORAGE";
/// All texts of a presentation of PowerPoint 95, which some files have beside it.
const TEXTS: &str = "Text_Content";
/// How the stream of PowerPoint 95 begins: a container whose head is of another kind.
const FIRST: &[u8] = b"\x03\0\0\0\xff\xff\0\0";
const MAX_USER: u64 = 4096;

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut file = Compound::open(input, context.limits)?;
    read_summary(&mut file, context)?;
    // A file for PowerPoint 95 as well has that version's streams at the top.
    let storage = file.find(0, NEWER).unwrap_or(0);
    let user = file.read_stream(storage, "Current User", MAX_USER)?.unwrap_or_default();
    let data = file.read_stream(storage, STREAM, context.limits.archive_part_bytes)?.unwrap_or_default();
    if data.starts_with(FIRST) {
        return read_first(&mut file, context, sink);
    }
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

/// PowerPoint 95: the texts that stand beside its slides, which are not read.
fn read_first(file: &mut Compound<'_>, context: &ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let texts = file.read_stream(0, TEXTS, context.limits.archive_part_bytes)?.ok_or_else(|| {
        let detail = "This is a PowerPoint 95 presentation, which is not read here: save it as .pptx with a newer one.";
        Error::rejected(Reason::Unsupported, detail)
    })?;
    for paragraph in WINDOWS_1252.decode_without_bom_handling(&texts).0.split('\r') {
        let mut inline = Inline::default();
        inline.push(&paragraph.replace('\u{b}', "\n"));
        sink.paragraph(&inline);
    }
    Ok(())
}
