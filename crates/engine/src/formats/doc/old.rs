//! Documents of Word for Windows 1 to 95: the text in the code page of the language, without its formatting.

use super::fib::{Fib, Part};
use super::pieces::Pieces;
use super::walker::{PartContext, Walker};
use crate::text::code_page;
use crate::{Error, TextSink};
use std::io::{Read, Seek, SeekFrom};

const TEXT_START: usize = 0x18;
/// Where the place of the pieces and their length are; in Word 2 the length has two bytes.
const PIECES: usize = 0x160;
const SECOND_PIECES: usize = 0x118;
/// A piece table larger than this is none.
const MAX_BYTES: u64 = 16 << 20;

/// Gives the text of all parts to the sink.
pub fn read_old(
    stream: &mut (impl Read + Seek),
    fib: &Fib,
    context: &mut PartContext,
    sink: &mut TextSink,
) -> Result<(), Error> {
    let parts = [Part::Body, Part::Footnotes, Part::Headers, Part::Comments, Part::Endnotes];
    let last = parts.iter().map(|part| fib.range(*part).1).max().unwrap_or(0);
    let pieces = if fib.is_complex {
        let (at, length) = match fib.is_second {
            true => (fib.number(SECOND_PIECES), fib.number(SECOND_PIECES + 4) & 0xffff),
            false => (fib.number(PIECES), fib.number(PIECES + 4)),
        };
        let mut table = vec![];
        stream.seek(SeekFrom::Start(at))?;
        stream.by_ref().take(length.min(MAX_BYTES)).read_to_end(&mut table)?;
        Pieces::read(&table)?.of_width(fib.is_wide)
    } else {
        Pieces::of(0, fib.number(TEXT_START) as u32, last, fib.is_wide)
    };
    let encoding = code_page(code_page_of(fib.language));
    for part in parts {
        let mut walker = Walker::new(context, sink, "");
        pieces.walk(stream, fib.range(part), Some(encoding), |char| walker.take(char))?;
        walker.finish();
    }
    Ok(())
}

/// The Windows code page of a language.
fn code_page_of(language: u16) -> i64 {
    match language & 0x3ff {
        0x01 | 0x20 | 0x29 => 1256,
        0x02 | 0x19 | 0x22 | 0x23 | 0x2f => 1251,
        0x04 if language == 0x404 => 950,
        0x04 => 936,
        0x05 | 0x0e | 0x15 | 0x18 | 0x1a | 0x1b | 0x1c | 0x24 => 1250,
        0x08 => 1253,
        0x0d => 1255,
        0x11 => 932,
        0x12 => 949,
        0x1e => 874,
        0x1f => 1254,
        0x25..=0x27 => 1257,
        0x2a => 1258,
        _ => 1252,
    }
}
