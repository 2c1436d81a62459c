//! All eight orientations in every container that has them: whichever it is, what comes out is the stored picture turned
//! as TIFF 6.0 says.

use crate::support::{Pixels, exact, sample};

/// Where the orientation's number stands in each sample.
const EXIF: [(&str, usize); 4] =
    [("oriented-6.jpg", 30), ("oriented-6.png", 59), ("oriented-6.webp", 120), ("oriented-8.tif", 384)];

#[test]
fn exif_turns_jpeg_png_webp_and_tiff_in_all_eight_ways() {
    for (file, at) in EXIF {
        let stored = exact(&oriented(file, at, 1));
        assert_ne!(stored.width, stored.height, "{file}: a square would hide a turn");
        for orientation in 2..=8 {
            assert!(exact(&oriented(file, at, orientation)) == turned(&stored, orientation), "{file}, {orientation}");
        }
        assert!(exact(&oriented(file, at, 99)) == stored, "{file}: nonsense means upright");
    }
}

/// HEIC says it with two properties of its container. The sample has both, the second under a name that means nothing.
#[test]
fn heic_is_turned_and_then_mirrored_in_all_eight_ways() {
    let file = sample("grid.heic");
    let place = |kind: &[u8; 4]| file.windows(4).position(|window| window == kind).expect("a property") + 4;
    let (turn, mirror) = (place(b"irot"), place(b"skip"));
    let make = |quarters: u8, axis: Option<u8>| {
        let mut file = file.clone();
        file[turn] = quarters;
        if let Some(axis) = axis {
            file[mirror - 4..mirror].copy_from_slice(b"imir");
            file[mirror] = axis;
        }
        exact(&file)
    };
    let stored = make(0, None);
    for (quarters, orientation) in [(1, 8), (2, 3), (3, 6)] {
        assert!(make(quarters, None) == turned(&stored, orientation), "{quarters} quarters to the left");
    }
    for quarters in 0..4 {
        // Axis 1 exchanges left and right, axis 0 top and bottom.
        assert!(make(quarters, Some(1)) == turned(&make(quarters, None), 2), "{quarters} quarters, mirrored");
        assert!(make(quarters, Some(0)) == turned(&make(quarters, None), 4), "{quarters} quarters, flipped");
    }
}

fn oriented(file: &str, at: usize, orientation: u8) -> Vec<u8> {
    let mut bytes = sample(file);
    bytes[at] = orientation;
    // PNG says when somebody has changed a chunk.
    if let Some(name) = bytes.windows(4).position(|window| window == b"eXIf") {
        let length = u32::from_be_bytes(bytes[name - 4..name].try_into().expect("four bytes")) as usize;
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[name..name + 4 + length]);
        bytes[name + 4 + length..][..4].copy_from_slice(&crc.sum().to_be_bytes());
    }
    bytes
}

/// The stored pixels as tag 274 wants them shown: what its row 0 and column 0 are, word by word.
fn turned(stored: &Pixels, orientation: u8) -> Pixels {
    let (wide, high) = (stored.width, stored.height);
    let (width, height) = if orientation >= 5 { (high, wide) } else { (wide, high) };
    let from = |x: u32, y: u32| match orientation {
        2 => (wide - 1 - x, y),
        3 => (wide - 1 - x, high - 1 - y),
        4 => (x, high - 1 - y),
        5 => (y, x),
        6 => (y, high - 1 - x),
        7 => (wide - 1 - y, high - 1 - x),
        8 => (wide - 1 - y, x),
        _ => (x, y),
    };
    let pixel = |at: u32| {
        let (x, y) = from(at % width, at / width);
        stored.at(x, y)
    };
    Pixels { width, height, data: (0..width * height).map(pixel).collect() }
}
