//! Golden colours. The expected values are from elsewhere: Display P3 and Adobe RGB by their definitions, inks by Little CMS
//! with the same profile.

use crate::support::{exact, png_of, sample};
use moxcms::ColorProfile;

type Golden = ([u8; 3], [u8; 3]);

const DISPLAY_P3: &[Golden] = &[
    ([255, 255, 255], [255, 255, 255]),
    ([30, 30, 30], [30, 30, 30]),
    ([200, 100, 50], [215, 93, 31]),
    ([90, 140, 200], [73, 142, 205]),
    ([120, 180, 90], [100, 182, 76]),
    // Beyond sRGB: as near as it gets.
    ([255, 0, 0], [255, 0, 0]),
];
const ADOBE_RGB: &[Golden] =
    &[([255, 255, 255], [255, 255, 255]), ([200, 100, 50], [227, 100, 42]), ([120, 180, 90], [81, 181, 83])];
const INKS: &[([u8; 4], [u8; 3])] = &[
    ([0, 0, 0, 0], [255, 255, 255]),
    ([0, 0, 0, 255], [35, 31, 32]),
    ([255, 0, 0, 0], [0, 174, 239]),
    ([0, 255, 0, 0], [236, 0, 140]),
    ([0, 0, 255, 0], [255, 242, 0]),
    ([128, 64, 32, 16], [122, 158, 186]),
    ([40, 200, 160, 30], [188, 82, 82]),
];

#[test]
fn display_p3_and_adobe_rgb_come_out_as_their_definitions_say() {
    for (name, profile, golden) in [
        ("Display P3", ColorProfile::new_display_p3(), DISPLAY_P3),
        ("Adobe RGB", ColorProfile::new_adobe_rgb(), ADOBE_RGB),
    ] {
        let icc = profile.encode().expect("a profile of its own");
        for &([red, green, blue], expected) in golden {
            let found = exact(&png_of(16, 16, Some(icc.clone()), |_, _| [red, green, blue, 255])).at(8, 8);
            check(name, [red, green, blue], &found[..3], expected, 2);
        }
    }
}

/// Four fields of Display P3, encoded without loss by x265; one file says so with a profile, the other with code points.
#[test]
fn display_p3_in_heic_comes_out_as_srgb() {
    for file in ["p3-icc.heic", "p3-named.heic"] {
        let found = exact(&sample(file));
        for (at, expected) in
            [((16, 16), [215, 93, 31]), ((48, 16), [73, 142, 205]), ((16, 48), [100, 182, 76]), ((48, 48), [240; 3])]
        {
            check(file, at, &found.at(at.0, at.1)[..3], expected, 2);
        }
    }
}

/// TIFF keeps inks as they are, so that no other loss is in the way.
#[test]
fn inks_without_a_profile_come_out_as_swop() {
    for &(inks, expected) in INKS {
        let found = exact(&cmyk_tiff(inks)).at(4, 4);
        check("inks", inks, &found[..3], expected, 3);
    }
}

/// The same inks in JPEG, which Adobe stores the other way round.
#[test]
fn an_adobe_jpeg_is_not_a_negative() {
    let found = exact(&crate::support::sample("cmyk.jpg"));
    let (white, red) = (found.at(36, 24), found.at(12, 8));
    assert!(white[..3].iter().all(|&light| light > 220), "{white:?}");
    assert!(red[0] > 150 && red[1] < 110 && red[2] < 110, "{red:?}");
}

fn check(what: &str, stored: impl std::fmt::Debug, found: &[u8], expected: [u8; 3], most: u8) {
    let distance = found.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
    assert!(distance <= Some(most), "{what} {stored:?}: {found:?} for {expected:?}");
}

/// 8 × 8 pixels of one mixture of inks, uncompressed.
fn cmyk_tiff(inks: [u8; 4]) -> Vec<u8> {
    const SIDE: u32 = 8;
    let entries: [(u16, u32); 9] = [
        (256, SIDE),
        (257, SIDE),
        (258, 8),
        (259, 1),
        (262, 5),
        (273, 200),
        (277, 4),
        (278, SIDE),
        (279, SIDE * SIDE * 4),
    ];
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        // Four samples have four depths, which stand elsewhere.
        let (kind, count, value) = if tag == 258 { (3_u16, 4_u32, 150) } else { (4, 1, value) };
        tiff.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        tiff.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    tiff.resize(150, 0);
    tiff.extend([8, 0, 8, 0, 8, 0, 8, 0]);
    tiff.resize(200, 0);
    tiff.extend(inks.repeat((SIDE * SIDE) as usize));
    tiff
}
