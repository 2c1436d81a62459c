//! Changes of properties: a number that says what, and an operand whose length the number tells.

use crate::containers::compound::u16_at;

/// Gives every change and its operand to `take`. A broken list ends early.
pub fn each(mut list: &[u8], mut take: impl FnMut(u16, &[u8])) {
    while let Some(code) = u16_at(list, 0) {
        let rest = &list[2..];
        let (head, length) = match code >> 13 {
            0 | 1 => (0, 1),
            2 | 4 | 5 => (0, 2),
            3 => (0, 4),
            7 => (0, 3),
            // The definition of a table has two bytes of length, which count one of themselves.
            _ if code == 0xd608 => (2, usize::from(u16_at(rest, 0).unwrap_or(0)).saturating_sub(1)),
            _ => (1, rest.first().copied().unwrap_or(0).into()),
        };
        let Some(operand) = rest.get(head..head + length) else { return };
        take(code, operand);
        list = &rest[head + length..];
    }
}
