//! Documents that are no compound file: Word for Windows 1 and 2, Word for DOS, Word for the Macintosh, Write. Their text is in
//! one place, in the letters of one code page.

use super::fib::{FIB_BYTES, Fib};
use super::old::read_old;
use super::pieces::{Char, Pieces};
use super::walker::{PartContext, Walker};
use crate::containers::compound::{u16_at, u32_at};
use crate::input::read_whole;
use crate::{Error, Head, ReadContext, Source, TextSink};
use encoding_rs::{MACINTOSH, WINDOWS_1252};
use std::io::Cursor;

/// How files of Word for Windows begin; the last also when a newer one was taken out of its container.
const WINDOWS: [u16; 3] = [0xa59b, 0xa5db, 0xa5dc];
/// How files of Word for DOS and of Write begin, which have the same structure. The second have objects inside.
const DOS: [u16; 2] = [0xbe31, 0xbe32];
/// How files of Word 3, 4 and 5 for the Macintosh begin.
const MACINTOSH_BEGINS: [[u8; 4]; 3] = [[0xfe, 0x34, 0, 0], [0xfe, 0x37, 0, 0x1c], [0xfe, 0x37, 0, 0x23]];

/// True when a content begins like one of these documents.
pub fn is_loose(head: &Head<'_>) -> bool {
    let bytes = &head.bytes;
    let Some(mark) = u16_at(bytes, 0).filter(|_| bytes.len() >= DOS_TEXT) else { return false };
    // Versions and tools that programs wrote: two bytes alone begin too many other files.
    (WINDOWS.contains(&mark) && u16_at(bytes, 2).is_some_and(|version| (1..0xc1).contains(&version)))
        || (DOS.contains(&mark) && u16_at(bytes, 2) == Some(0) && u16_at(bytes, 4) == Some(0xab00))
        || MACINTOSH_BEGINS.iter().any(|begin| bytes.starts_with(begin))
}

/// Gives the text of all parts to the sink.
pub fn read_loose(input: &mut dyn Source, context: &ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let bytes = read_whole(input, context.limits.whole_file_bytes, "The document is larger than this format can be.")?;
    let mark = u16_at(&bytes, 0).unwrap_or(0);
    let mut part = PartContext::default();
    match () {
        () if WINDOWS.contains(&mark) => {
            let fib = Fib::read(bytes[..bytes.len().min(FIB_BYTES)].to_vec())?;
            read_old(&mut Cursor::new(bytes), &fib, &mut part, sink)
        }
        () if DOS.contains(&mark) => {
            read_dos(&bytes, &mut part, sink);
            Ok(())
        }
        () => read_macintosh(bytes, &mut part, sink),
    }
}

/// Where the text of Word for DOS and of Write begins.
const DOS_TEXT: usize = 128;
/// Tables are in pages of so many bytes.
const PAGE_BYTES: usize = 128;

fn read_dos(bytes: &[u8], part: &mut PartContext, sink: &mut TextSink) {
    let end = u32_at(bytes, 0x0e).unwrap_or(0) as usize;
    let text = bytes.get(DOS_TEXT..end.min(bytes.len())).unwrap_or_default();
    // The number of pages, which Word for DOS does not write.
    let is_write = u16_at(bytes, 0x60).is_some_and(|pages| pages != 0);
    let pictures = if is_write { pictures(bytes) } else { vec![] };
    let mut walker = Walker::new(part, sink, "");
    for (at, byte) in (DOS_TEXT as u32..).zip(text) {
        if pictures.iter().any(|(from, to)| (*from..*to).contains(&at)) {
            continue;
        }
        let c = match byte {
            // A footnote's mark, a page's number and other places of Word for DOS.
            1..=8 => continue,
            0..0x80 => char::from(*byte),
            _ if is_write => WINDOWS_1252.decode_without_bom_handling(&[*byte]).0.chars().next().unwrap_or(' '),
            _ => DOS_LETTERS.chars().nth(usize::from(*byte) - 0x80).unwrap_or(' '),
        };
        if !walker.take(Char { c, position: at, at }) {
            break;
        }
    }
    walker.finish();
}

/// Where pictures and objects lie among the text of Write: the pages of paragraphs say so.
fn pictures(bytes: &[u8]) -> Vec<(u32, u32)> {
    let page = |at: usize| u16_at(bytes, at).map(usize::from).unwrap_or(0);
    let (first, last) = (page(0x12), page(0x14));
    let mut found = vec![];
    for page in first..last.max(first) {
        let Some(page) = bytes.get(page * PAGE_BYTES..).and_then(|rest| rest.first_chunk::<PAGE_BYTES>()) else {
            break;
        };
        let mut from = u32_at(page, 0).unwrap_or(0);
        let count = usize::from(page[PAGE_BYTES - 1]);
        for entry in page[4..PAGE_BYTES - 1].chunks_exact(6).take(count) {
            let (to, place) = (u32_at(entry, 0).unwrap_or(0), usize::from(u16_at(entry, 4).unwrap_or(0)));
            // What differs from a plain paragraph, after its length; the 17th byte has the flag of a picture.
            let what = page.get(4 + place..).unwrap_or_default();
            let length = what.first().copied().unwrap_or(0);
            if length >= 17 && what.get(17).is_some_and(|flags| flags & 0x10 != 0) && found.len() < MOST_PICTURES {
                found.push((from, to));
            }
            from = to;
        }
    }
    found
}

/// Pictures of a document that are left out of its text.
const MOST_PICTURES: usize = 1000;

/// The letters of code page 850 after those of ASCII.
const DOS_LETTERS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
                           ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

fn read_macintosh(bytes: Vec<u8>, part: &mut PartContext, sink: &mut TextSink) -> Result<(), Error> {
    let number = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
    if bytes.get(11).is_some_and(|flags| flags & 4 != 0) {
        return Err(Error::rejected(
            model::Reason::Unsupported,
            "The document was saved by Word for the Macintosh in pieces, which are not put together here: \
             open it in Word and save it as .docx.",
        ));
    }
    let (from, to) = (number(0x14).unwrap_or(0), number(0x18).unwrap_or(0));
    let length = to.saturating_sub(from);
    let mut walker = Walker::new(part, sink, "");
    Pieces::of(0, from, length, false)
        .walk(&mut Cursor::new(bytes), (0, length), Some(MACINTOSH), |char| walker.take(char))?;
    walker.finish();
    Ok(())
}
