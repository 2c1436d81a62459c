//! The records of a presentation: containers hold others. They are walked flat, so that their depth costs nothing.

use crate::containers::compound::{u16_at, u32_at};

/// A record that is no container.
pub struct Atom<'d> {
    pub kind: u16,
    /// Which of several of its kind it is.
    pub instance: u16,
    pub data: &'d [u8],
}

/// Every atom between two places, however deep.
pub fn atoms(data: &[u8], from: usize, to: usize) -> Vec<Atom<'_>> {
    let (mut offset, to, mut found) = (from, to.min(data.len()), vec![]);
    while offset + 8 <= to {
        let (Some(head), Some(kind)) = (u16_at(data, offset), u16_at(data, offset + 2)) else { break };
        if head & 0xf == 0xf {
            offset += 8;
            continue;
        }
        let length = length(data, offset).unwrap_or(0);
        let end = offset.saturating_add(8).saturating_add(length);
        found.extend(data.get(offset + 8..end.min(to)).map(|data| Atom { kind, instance: head >> 4, data }));
        offset = end;
    }
    found
}

/// The containers of one kind between two places that are not inside of each other: instance, start and end.
pub fn containers(data: &[u8], from: usize, to: usize, wanted: u16) -> Vec<(u16, usize, usize)> {
    let (mut offset, to, mut found) = (from, to.min(data.len()), vec![]);
    while offset + 8 <= to {
        let (Some(head), Some(kind)) = (u16_at(data, offset), u16_at(data, offset + 2)) else { break };
        let end = offset.saturating_add(8).saturating_add(length(data, offset).unwrap_or(0));
        if kind == wanted {
            found.push((head >> 4, offset + 8, end.min(to)));
            offset = end;
        } else {
            offset = if head & 0xf == 0xf { offset + 8 } else { end };
        }
    }
    found
}

/// The length that a record tells of itself.
pub fn length(data: &[u8], offset: usize) -> Option<usize> {
    u32_at(data, offset + 4).map(|length| length as usize)
}
