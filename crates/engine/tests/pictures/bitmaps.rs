//! Windows bitmaps that need looking at.

use crate::support::exact;

/// Rows in runs may end early or jump ahead. What is left out was black; it has the palette's first colour.
#[test]
fn what_a_bitmap_leaves_out_has_the_first_colour() {
    const WHITE: [u8; 4] = [255, 255, 255, 0];
    const RED: [u8; 4] = [0, 0, 255, 0];
    // From the bottom: four red and the end of the row; two to the right and one up; four red; the end.
    let runs: &[u8] = &[4, 1, 0, 0, 0, 2, 2, 1, 4, 1, 0, 1];
    for (compression, bits) in [(1_u32, 8_u16), (2, 4)] {
        // Here, two pixels of red are a byte.
        let runs: Vec<u8> = runs
            .iter()
            .enumerate()
            .map(|(at, &byte)| if bits == 4 && [1, 9].contains(&at) { 0x11 } else { byte })
            .collect();
        let found = exact(&bitmap((8, 4), compression, bits, &[WHITE, RED], &runs));
        let rows: Vec<String> =
            (0..4).map(|y| (0..8).map(|x| if found.at(x, y) == [255; 4] { '.' } else { 'r' }).collect()).collect();
        assert_eq!(rows, ["........", "..rrrr..", "........", "rrrr...."], "{bits} bits");
        assert_eq!(found.at(0, 3), [255, 0, 0, 255], "{bits} bits");
    }
}

/// Writers that know no opacity leave zeros where it would be; such a picture was all paper.
#[test]
fn a_bitmap_of_which_nothing_would_be_seen_is_opaque() {
    const MASKS: [u32; 4] = [0x00ff_0000, 0xff00, 0xff, 0xff00_0000];
    const HEADER_BYTES: u8 = 56;
    let with_opacity = |opacity: [u8; 2]| {
        let pixels = [[10, 20, 200, opacity[0]], [200, 20, 10, opacity[1]]].concat();
        let masks = MASKS.map(u32::to_le_bytes);
        let mut file = bitmap((2, 1), 3, 32, &masks, &pixels);
        file[14] = HEADER_BYTES;
        let found = exact(&file);
        [found.at(0, 0), found.at(1, 0)]
    };
    assert_eq!(with_opacity([0, 0]), [[200, 20, 10, 255], [10, 20, 200, 255]]);
    assert_eq!(with_opacity([0, 255])[0][3], 0);
    assert_eq!(with_opacity([0, 255])[1], [10, 20, 200, 255]);
}

fn bitmap((width, height): (u32, u32), compression: u32, bits: u16, palette: &[[u8; 4]], data: &[u8]) -> Vec<u8> {
    const HEADERS: u32 = 14 + 40;
    let start = HEADERS + palette.len() as u32 * 4;
    let mut file = b"BM".to_vec();
    for number in [start + data.len() as u32, 0, start, 40, width, height, 1 | u32::from(bits) << 16, compression] {
        file.extend(number.to_le_bytes());
    }
    let colors = if compression == 3 { 0 } else { palette.len() as u32 };
    for number in [data.len() as u32, 0, 0, colors, 0] {
        file.extend(number.to_le_bytes());
    }
    file.extend(palette.concat());
    file.extend(data);
    file
}
