//! The numbering of lists, brought into the form that newer documents have it in.

use crate::containers::compound::{u16_at, u32_at};
use crate::formats::docx::{Level, Lists};

const LIST_BYTES: usize = 28;
const LEVEL_BYTES: usize = 28;
const USE_BYTES: usize = 16;
/// Lists that are looked at.
const MAX_LISTS: usize = 4096;

/// Reads the definitions and their uses. Paragraphs name a use by its number, from 1. `definitions` goes on after its
/// own length with the levels.
pub fn read_lists(definitions: &[u8], uses: &[u8]) -> Lists {
    let mut lists = Lists::default();
    let count = usize::from(u16_at(definitions, 0).unwrap_or(0)).min(MAX_LISTS);
    let mut at = 2 + count * LIST_BYTES;
    for list in (0..count).map_while(|list| definitions.get(2 + list * LIST_BYTES..)) {
        let (Some(id), Some(flags)) = (u32_at(list, 0), list.get(26)) else { break };
        let levels = if flags & 1 != 0 { 1 } else { 9 };
        for depth in 0..levels {
            let Some((level, end)) = level(definitions, at) else { break };
            lists.define(&id.to_string(), depth, level);
            at = end;
        }
    }
    let count = (u32_at(uses, 0).unwrap_or(0) as usize).min(MAX_LISTS);
    for (number, offset) in (0..count).map(|number| (number + 1, 4 + number * USE_BYTES)) {
        let Some(id) = u32_at(uses, offset) else { break };
        lists.add(&number.to_string(), &id.to_string());
    }
    lists
}

fn level(bytes: &[u8], offset: usize) -> Option<(Level, usize)> {
    let head = bytes.get(offset..offset + LEVEL_BYTES)?;
    let text_at = offset + LEVEL_BYTES + usize::from(head[24]) + usize::from(head[25]);
    let length = usize::from(u16_at(bytes, text_at)?);
    let end = text_at + 2 + length * 2;
    let units = bytes.get(text_at + 2..end)?.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    // Characters below 9 stand for the numbers of the levels.
    let pattern = char::decode_utf16(units).flatten().map(|c| match c {
        '\0'..='\u{8}' => format!("%{}", u32::from(c) + 1),
        c => c.to_string(),
    });
    let format = match head[4] {
        1 => "upperRoman",
        2 => "lowerRoman",
        3 => "upperLetter",
        4 => "lowerLetter",
        22 => "decimalZero",
        23 => "bullet",
        255 => "none",
        _ => "decimal",
    };
    Some((Level { start: u32_at(head, 0)?, format: format.into(), pattern: pattern.collect() }, end))
}
