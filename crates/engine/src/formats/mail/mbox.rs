//! Mailboxes (RFC 4155): letters one after another, each after a line that begins with `From `. Every letter is a page.

use super::eml::{field_name, files, letter, parse, write_text};
use crate::formats::{Format, Reader, TakeAttachment};
use crate::input::read_whole;
use crate::text::list_attachments;
use crate::{Error, Head, ReadContext, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "mbox",
    mime: "application/mbox",
    extensions: &["mbox", "mbx"],
    is_text: false,
    archive: None,
    detect,
    reader: Reader::Mail { text: read, attachments },
};

/// What every letter begins after.
const START: &[u8] = b"From ";
/// Letters that are read.
const MOST_LETTERS: usize = 10_000;

/// A line of the box and then a field of a letter.
fn detect(head: &Head<'_>) -> bool {
    let mut lines = head.bytes.split(|byte| *byte == b'\n');
    let is_start = lines.next().is_some_and(|line| line.starts_with(START));
    is_start && lines.next().and_then(field_name).is_some()
}

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let bytes = read_bytes(input, context)?;
    let letters = letters(&bytes);
    let all = letters.len() as u32;
    context.facts.pages = Some(all);
    let mut count = 0;
    for (index, bytes) in letters.into_iter().enumerate() {
        context.progress("page", index as u32, all);
        let Ok(message) = parse(bytes) else { continue };
        count += files(&message, 1).len() as u32;
        if sink.is_full() {
            continue;
        }
        sink.begin_page();
        let letter = letter(&message);
        letter.write_subject_and_lines(sink);
        write_text(&message, 1, context, sink)?;
        list_attachments(letter.attachments, context, sink);
    }
    context.facts.unpackable = Some(count).filter(|count| *count > 0);
    Ok(())
}

fn attachments(input: &mut dyn Source, context: &ReadContext<'_>, take: &mut TakeAttachment<'_>) -> Result<(), Error> {
    let bytes = read_bytes(input, context)?;
    let letters = letters(&bytes);
    let all = letters.len() as u32;
    for (index, bytes) in letters.into_iter().enumerate() {
        context.progress("page", index as u32, all);
        let Ok(message) = parse(bytes) else { continue };
        files(&message, 1).iter().try_for_each(|file| take(file.name(), &file.bytes()))?;
    }
    Ok(())
}

fn read_bytes(input: &mut dyn Source, context: &ReadContext<'_>) -> Result<Vec<u8>, Error> {
    let max = context.limits.whole_file_bytes;
    read_whole(input, max, &format!("The mailbox is larger than {} MB.", max >> 20))
}

/// Each letter without its line of the box.
fn letters(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = vec![];
    let mut is_after_empty = true;
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if is_after_empty && line.starts_with(START) && starts.len() < MOST_LETTERS {
            starts.push((at, at + line.len()));
        }
        is_after_empty = line.trim_ascii().is_empty();
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([bytes.len()]);
    starts.iter().zip(ends).map(|((_, start), end)| &bytes[*start..end]).collect()
}
