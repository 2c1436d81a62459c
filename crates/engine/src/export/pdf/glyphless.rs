//! A TrueType font of two empty glyphs, as small as readers of fonts take one.

/// Units of an em.
const UNITS: u16 = 1000;
/// How wide each glyph is, in units.
pub const ADVANCE: u16 = 500;
/// The same in ems.
pub const GLYPH_WIDTH: f64 = ADVANCE as f64 / UNITS as f64;

/// The font's file (OpenType, "Font file"). Its tables are in the order of their names.
pub fn font_file() -> Vec<u8> {
    let numbers = |numbers: &[u16]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    // Format 4 with the one segment that every table ends with: no character has a glyph.
    let cmap = numbers(&[0, 1, 3, 1, 0, 12, 4, 24, 0, 2, 2, 0, 0, 0xffff, 0, 0xffff, 1, 0]);
    let head = numbers(&[
        1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, UNITS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ADVANCE, UNITS, 0, 8, 2, 0, 0,
    ]);
    let hhea = numbers(&[1, 0, UNITS, 0xffff, 0, ADVANCE, 0, 0, ADVANCE, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    let hmtx = numbers(&[ADVANCE, 0, 0]);
    // Both begin and end at the same place.
    let loca = numbers(&[0, 0, 0]);
    let maxp = numbers(&[1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let post = numbers(&[3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let glyf = vec![0; 4];
    let tables: [(&[u8; 4], Vec<u8>); 8] = [
        (b"cmap", cmap),
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
        (b"post", post),
    ];
    let mut file = numbers(&[1, 0, tables.len() as u16, 128, 3, 0]);
    let mut offset = (file.len() + 16 * tables.len()) as u32;
    let mut bodies = vec![];
    for (tag, table) in &tables {
        let mut padded = table.clone();
        padded.resize(table.len().next_multiple_of(4), 0);
        file.extend_from_slice(*tag);
        for number in [sum(&padded), offset, table.len() as u32] {
            file.extend(number.to_be_bytes());
        }
        offset += padded.len() as u32;
        bodies.append(&mut padded);
    }
    let head_at = file.len() + tables[..2].iter().map(|(_, table)| table.len().next_multiple_of(4)).sum::<usize>();
    file.append(&mut bodies);
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&file));
    file[head_at + 8..head_at + 12].copy_from_slice(&adjustment.to_be_bytes());
    file
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.as_chunks::<4>().0.iter().fold(0, |sum: u32, bytes| sum.wrapping_add(u32::from_be_bytes(*bytes)))
}
