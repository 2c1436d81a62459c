//! Changes of properties: a number that says what, and an operand whose length the number tells.

use crate::containers::compound::u16_at;

/// Numbers of the changes that are read ([MS-DOC] 2.6).
pub mod id {
    /// Characters: deleted, hidden, bold, italic, their style.
    pub const DELETED: u16 = 0x0800;
    pub const HIDDEN: u16 = 0x083c;
    pub const BOLD: u16 = 0x0835;
    pub const ITALIC: u16 = 0x0836;
    pub const CHARACTER_STYLE: u16 = 0x4a30;
    /// Paragraphs: their style, in a table, at the end of a row, in a table inside of a cell.
    pub const PARAGRAPH_STYLE: u16 = 0x4600;
    pub const IN_TABLE: u16 = 0x2416;
    pub const ROW_END: u16 = 0x2417;
    pub const INNER_CELL: u16 = 0x244b;
    pub const INNER_ROW_END: u16 = 0x244c;
    /// Paragraphs: the level of an outline, the list and the level in it.
    pub const OUTLINE_LEVEL: u16 = 0x2640;
    pub const LIST_LEVEL: u16 = 0x260a;
    pub const LIST: u16 = 0x460b;
    pub const TABLE_DEFINITION: u16 = 0xd608;
}

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
            _ if code == id::TABLE_DEFINITION => (2, usize::from(u16_at(rest, 0).unwrap_or(0)).saturating_sub(1)),
            _ => (1, rest.first().copied().unwrap_or(0).into()),
        };
        let Some(operand) = rest.get(head..head + length) else { return };
        take(code, operand);
        list = &rest[head + length..];
    }
}
