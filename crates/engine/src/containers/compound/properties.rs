//! The property set that Office keeps beside a document: its title, its author, its dates ([MS-OLEPS]).

use super::file::{Compound, seconds_of_filetime};
use super::{u16_at, u32_at, utf16};
use crate::text::{code_page, date_of_seconds, one_line};
use crate::{Error, ReadContext};
use encoding_rs::{Encoding, WINDOWS_1252};

const NAME: &str = "\u{5}SummaryInformation";
const MAX_BYTES: u64 = 1 << 20;
const MAX_PROPERTIES: u32 = 1000;

const CODE_PAGE: u32 = 1;
const TITLE: u32 = 2;
const AUTHOR: u32 = 4;
const CREATED: u32 = 12;
const MODIFIED: u32 = 13;

/// Learns what the summary says. A broken one says nothing.
pub fn read_summary(file: &mut Compound<'_>, context: &mut ReadContext<'_>) -> Result<(), Error> {
    let Some(bytes) = file.read_stream(0, NAME, MAX_BYTES)? else { return Ok(()) };
    let Some(set) = u32_at(&bytes, 44).and_then(|start| bytes.get(start as usize..)) else { return Ok(()) };
    let count = u32_at(set, 4).unwrap_or(0).min(MAX_PROPERTIES) as usize;
    let value = |id: u32| {
        let at = (0..count).map(|at| 8 + at * 8).find(|at| u32_at(set, *at) == Some(id))?;
        set.get(u32_at(set, at + 4)? as usize..)
    };
    let encoding =
        value(CODE_PAGE).and_then(|value| u16_at(value, 4)).map_or(WINDOWS_1252, |page| code_page(page.into()));
    let string = |id| value(id).and_then(|value| string(value, encoding)).and_then(|text| one_line(&text));
    let date = |id| {
        let value = value(id).filter(|value| u16_at(value, 0) == Some(0x40))?;
        seconds_of_filetime(value, 4).and_then(date_of_seconds)
    };
    context.facts.title = string(TITLE);
    context.facts.author = string(AUTHOR);
    context.facts.created = date(CREATED);
    context.facts.modified = date(MODIFIED);
    Ok(())
}

/// A string property: bytes in the set's code page, or wide.
fn string(value: &[u8], encoding: &'static Encoding) -> Option<String> {
    let length = u32_at(value, 4)? as usize;
    match u16_at(value, 0)? {
        0x1e if encoding == encoding_rs::UTF_16LE => Some(utf16(value.get(8..8 + length.min(4096))?)),
        0x1e => {
            let bytes = value.get(8..)?.get(..length)?;
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(length);
            Some(encoding.decode_without_bom_handling(&bytes[..end]).0.into_owned())
        }
        0x1f => Some(utf16(value.get(8..)?.get(..length.checked_mul(2)?)?)),
        _ => None,
    }
}
