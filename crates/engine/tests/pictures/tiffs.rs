//! TIFFs of every kind, each made here from the same scene: the picture that comes out is that scene, or nothing does. A
//! picture that is wrong without a word is worse than none.

use crate::support::{attempt, exact, make, png_of};
use crate::tiff_files::*;
use model::{Limits, Outcome, Reason};

/// The most that parts of the picture may differ from the scene, on average.
const FAR: f64 = 3.0;

/// From which the others differ.
const PLAIN: Kind = Kind {
    name: "",
    photometric: RGB,
    bits: 8,
    pixel: |x, y| scene(x, y).map(u32::from).to_vec(),
    floats: false,
    compression: NONE,
    predicted: false,
    planes: false,
    tiles: false,
    big_endian: false,
    big_tiff: false,
    extra: &[],
    palette: None,
    entries: &[],
    scene: Some(scene),
};

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    // Right before, too.
    Kind { name: "RGB", ..PLAIN },
    Kind { name: "RGB with differences, tiles", compression: DEFLATE, predicted: true, tiles: true, ..PLAIN },
    Kind { name: "RGB in planes of 16 bits", bits: 16, pixel: |x, y| wide(scene(x, y)), planes: true, big_endian: true, ..PLAIN },
    Kind { name: "palette", photometric: PALETTE, pixel: index, palette: Some(|at| component(at) * 257), scene: Some(indexed), ..PLAIN },

    // Scanners and others write palettes of 8 bits, which came out black.
    Kind { name: "palette of 8 bits, LZW", photometric: PALETTE, pixel: index, palette: Some(component), compression: LZW, scene: Some(indexed), ..PLAIN },
    Kind { name: "palette of 8 bits, 4-bit numbers", photometric: PALETTE, bits: 4, pixel: |x, y| vec![index(x, y)[0] / 16], palette: Some(|at| component(at / 16 * 256 + at % 16 * 16)), scene: Some(|x, y| color(index(x, y)[0] / 16 * 16)), ..PLAIN },
    // Only the high byte of the numbers was looked at.
    Kind { name: "palette with 16-bit numbers", photometric: PALETTE, bits: 16, pixel: wide_index, palette: Some(wide_component), scene: Some(indexed), ..PLAIN },
    Kind { name: "palette with 16-bit numbers, big-endian", photometric: PALETTE, bits: 16, pixel: wide_index, palette: Some(wide_component), big_endian: true, compression: DEFLATE, predicted: true, scene: Some(indexed), ..PLAIN },
    // They were taken for grey with opacity.
    Kind { name: "palette and something", photometric: PALETTE, pixel: |x, y| vec![index(x, y)[0], noise(x, y)], palette: Some(|at| component(at) * 257), extra: &[UNSPECIFIED], scene: Some(indexed), ..PLAIN },
    Kind { name: "palette and something, in planes", photometric: PALETTE, pixel: |x, y| vec![index(x, y)[0], noise(x, y)], palette: Some(|at| component(at) * 257), planes: true, extra: &[UNSPECIFIED], scene: Some(indexed), ..PLAIN },
    Kind { name: "palette and opacity", photometric: PALETTE, pixel: |x, y| vec![index(x, y)[0], opacity(x)], palette: Some(|at| component(at) * 257), extra: &[UNASSOCIATED], scene: Some(|x, y| on_white(indexed(x, y), x)), ..PLAIN },
    // Refused before.
    Kind { name: "palette, BigTIFF", photometric: PALETTE, pixel: index, palette: Some(|at| component(at) * 257), big_tiff: true, big_endian: true, scene: Some(indexed), ..PLAIN },

    // A sample that nobody says the meaning of is opacity, for everybody else too. It was dropped before the differences were
    // added up, and in tiles in the wrong place.
    Kind { name: "RGB and something, with differences", pixel: with_noise, compression: DEFLATE, predicted: true, extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(scene(x, y), x, y)), ..PLAIN },
    Kind { name: "RGB and something, with differences, LZW", pixel: with_noise, compression: LZW, predicted: true, extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(scene(x, y), x, y)), ..PLAIN },
    Kind { name: "RGB and something, in tiles", pixel: with_noise, tiles: true, extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(scene(x, y), x, y)), ..PLAIN },
    Kind { name: "RGB and something, BigTIFF", pixel: with_noise, compression: DEFLATE, predicted: true, big_tiff: true, extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(scene(x, y), x, y)), ..PLAIN },
    Kind { name: "inks and something, with differences", photometric: INKS, pixel: |x, y| [inks(x, y), vec![noise(x, y)]].concat(), compression: DEFLATE, predicted: true, extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(inked(x, y), x, y)), ..PLAIN },
    // A decoder loses count of the tiles of planes.
    Kind { name: "RGB and something, in planes and tiles", pixel: with_noise, planes: true, tiles: true, extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(scene(x, y), x, y)), ..PLAIN },
    Kind { name: "RGB and two more, the first opacity", pixel: |x, y| [premultiplied(x, y), vec![opacity(x), noise(x, y)]].concat(), extra: &[ASSOCIATED, UNSPECIFIED], scene: Some(|x, y| on_white(scene(x, y), x)), ..PLAIN },
    Kind { name: "RGB and two more, the second opacity", pixel: |x, y| [with_noise(x, y), vec![opacity(x)]].concat(), extra: &[UNSPECIFIED, UNASSOCIATED], scene: Some(|x, y| on_white(scene(x, y), x)), ..PLAIN },

    // Opacity beside grey was never multiplied in.
    Kind { name: "grey and something", photometric: BLACK_IS_ZERO, pixel: |x, y| vec![x * 6, noise(x, y)], extra: &[UNSPECIFIED], scene: Some(|x, y| over_noise(gray(x, y), x, y)), ..PLAIN },
    Kind { name: "grey multiplied by opacity", photometric: BLACK_IS_ZERO, pixel: |x, _| vec![x * 6 * opacity(x) / 255, opacity(x)], extra: &[ASSOCIATED], scene: Some(|x, y| on_white(gray(x, y), x)), ..PLAIN },
    // Opacity beside inks was forgotten.
    Kind { name: "inks with opacity", photometric: INKS, pixel: |x, y| [inks(x, y), vec![opacity(x)]].concat(), extra: &[UNASSOCIATED], scene: Some(|x, y| on_white(inked(x, y), x)), ..PLAIN },
    Kind { name: "inks multiplied by opacity", photometric: INKS, pixel: |x, y| inks(x, y).into_iter().map(|ink| ink * opacity(x) / 255).chain([opacity(x)]).collect(), extra: &[ASSOCIATED], scene: Some(|x, y| on_white(inked(x, y), x)), ..PLAIN },
    // Inks that are not cyan, magenta, yellow and black.
    Kind { name: "other inks", photometric: INKS, pixel: inks, entries: &[(INK_SET, 3, &[2])], scene: None, ..PLAIN },

    // Differences are a matter of LZW and Deflate alone.
    Kind { name: "differences announced, uncompressed", entries: &[(PREDICTOR, 3, &[2])], ..PLAIN },

    Kind { name: "luma", photometric: LUMA, pixel: |x, y| luma(scene(x, y), [0.299, 0.587, 0.114], false), entries: &[(YCBCR_SUBSAMPLING, 3, &[1, 1])], ..PLAIN },
    Kind { name: "luma of BT.709", photometric: LUMA, pixel: |x, y| luma(scene(x, y), [0.2126, 0.7152, 0.0722], false), entries: &[(YCBCR_COEFFICIENTS, 5, &[2126, 7152, 722]), (YCBCR_SUBSAMPLING, 3, &[1, 1])], ..PLAIN },
    Kind { name: "luma in the range of video", photometric: LUMA, pixel: |x, y| luma(scene(x, y), [0.299, 0.587, 0.114], true), entries: &[(YCBCR_SUBSAMPLING, 3, &[1, 1]), (REFERENCE_BLACK_WHITE, 5, &[160_000, 2_350_000, 1_280_000, 2_400_000, 1_280_000, 2_400_000])], ..PLAIN },
    Kind { name: "luma with opacity", photometric: LUMA, pixel: |x, y| [luma(scene(x, y), [0.299, 0.587, 0.114], false), vec![opacity(x)]].concat(), extra: &[UNASSOCIATED], entries: &[(YCBCR_SUBSAMPLING, 3, &[1, 1])], scene: Some(|x, y| on_white(scene(x, y), x)), ..PLAIN },

    Kind { name: "floats", bits: 32, floats: true, pixel: |x, y| real(scene(x, y), 1.0 / 255.0), ..PLAIN },
    // Heights in metres and the like were a white picture.
    Kind { name: "floats that are no shades", bits: 32, floats: true, pixel: |x, y| real(scene(x, y), 16.0), scene: None, ..PLAIN },
];

#[test]
fn a_tiff_is_right_or_refused_whatever_its_kind() {
    for kind in KINDS {
        check(kind.name, &kind.file(), kind.scene);
    }
}

/// Before TIFF 6.0, LZW had its bits the other way round.
#[test]
fn old_lzw_is_read() {
    check("old LZW", &Kind { compression: LZW, ..PLAIN }.file_of(WIDTH, &|chunk| lzw(chunk, true)), Some(scene));
}

/// The pixels of a JPEG that is wider than its strip would be those of one row after another.
#[test]
fn a_jpeg_of_another_shape_than_its_strip_is_refused() {
    let kind = Kind { photometric: LUMA, compression: JPEG, ..PLAIN };
    let repeated: Scene = |x, y| scene(x, y % STRIP);
    check("JPEG", &kind.file_of(WIDTH, &|_| jpeg_of_a_strip()), Some(repeated));
    check("JPEG that is wider", &kind.file_of(WIDTH - 8, &|_| jpeg_of_a_strip()), None);
}

/// Before TIFF 6.0 the entry for a whole JPEG could name the first strip of several that each begin anew; the rest was noise,
/// or was not there.
#[test]
fn an_old_jpeg_in_every_strip_is_read() {
    const ENTRIES: &[(u16, u16, &[u32])] = &[(JPEG_INTERCHANGE_FORMAT, 4, &[FIRST_STRIP])];
    let kind = Kind { photometric: LUMA, compression: OLD_JPEG, entries: ENTRIES, ..PLAIN };
    let repeated: Scene = |x, y| scene(x, y % STRIP);
    check("old JPEG", &kind.file_of(WIDTH, &|_| jpeg_of_a_strip()), Some(repeated));
}

/// A number of a kind that nobody knows was looked for as a fraction, and that as a number, until the stack was full.
#[test]
fn an_entry_of_an_unknown_kind_ends_in_words() {
    for kind in [0, 14, 15, 19, u16::MAX] {
        for tag in [PREDICTOR, INK_SET, YCBCR_COEFFICIENTS] {
            let entries: &'static [(u16, u16, &'static [u32])] = Box::leak(Box::new([(tag, kind, &[1][..])]));
            let made = attempt(&Kind { entries, ..PLAIN }.file(), &["exact"], &Limits::default());
            let ended = made.report.outcome.is_success() || matches!(made.report.outcome, Outcome::Rejected { .. });
            assert!(ended, "{tag} of kind {kind}: {:?}", made.report.outcome);
        }
    }
}

fn jpeg_of_a_strip() -> Vec<u8> {
    let png = png_of(WIDTH, STRIP, None, |x, y| {
        let [red, green, blue] = scene(x, y);
        [red, green, blue, 255]
    });
    make(&png, &["jpeg"]).images.remove("jpeg").expect("it was made")
}

fn check(name: &str, file: &[u8], scene: Option<Scene>) {
    let Some(scene) = scene else {
        let made = attempt(file, &["exact"], &Limits::default());
        let is_refused = matches!(&made.report.outcome, Outcome::Rejected { reason: Reason::Unsupported, detail } if !detail.is_empty());
        assert!(is_refused && made.images.is_empty(), "{name}: {:?}", made.report.outcome);
        return;
    };
    let found = exact(file);
    let found_at = |x: u32, y: u32| {
        let [red, green, blue, alpha] = found.at(x, y);
        over_white([red, green, blue], alpha.into())
    };
    assert_eq!((found.width, found.height), (WIDTH, HEIGHT), "{name}");
    let distance = distance(&found_at, &scene);
    assert!(distance < FAR, "{name}: on average {distance:.1} from what it is");
}

/// How far small copies are from each other on average, in colour and in grey, whichever is more.
fn distance(one: &dyn Fn(u32, u32) -> Rgb, other: &dyn Fn(u32, u32) -> Rgb) -> f64 {
    let (one, other) = (small(one), small(other));
    let colors = one.iter().flatten().zip(other.iter().flatten()).map(|(a, b)| (a - b).abs());
    let grays = one.iter().zip(&other).map(|(a, b)| (a.iter().sum::<f64>() - b.iter().sum::<f64>()).abs() / 3.0);
    let mean = |distances: &mut dyn Iterator<Item = f64>| {
        let distances: Vec<f64> = distances.collect();
        distances.iter().sum::<f64>() / distances.len() as f64
    };
    mean(&mut { colors }).max(mean(&mut { grays }))
}

/// A sixteenth of the pixels.
fn small(picture: &dyn Fn(u32, u32) -> Rgb) -> Vec<[f64; 3]> {
    const SIDE: u32 = 4;
    let square = |left: u32, top: u32| {
        let places = (0..SIDE * SIDE).map(|at| (left + at % SIDE, top + at / SIDE));
        let sums = places.fold([0.0; 3], |sums: [f64; 3], (x, y)| {
            let color = picture(x, y);
            std::array::from_fn(|channel| sums[channel] + f64::from(color[channel]))
        });
        sums.map(|sum| sum / f64::from(SIDE * SIDE))
    };
    let rows = (0..HEIGHT / SIDE).map(|row| row * SIDE);
    rows.flat_map(|top| (0..WIDTH / SIDE).map(move |column| (column * SIDE, top)))
        .map(|(left, top)| square(left, top))
        .collect()
}

/// A gradient in which no side is like another.
fn scene(x: u32, y: u32) -> Rgb {
    [x * 6, y * 10, 250 - x * 4].map(|value| value as u8)
}

fn gray(x: u32, _: u32) -> Rgb {
    [(x * 6) as u8; 3]
}

/// The colour of a number in the palette, and the numbers of the picture.
fn color(index: u32) -> Rgb {
    [index as u8, 255 - index as u8, (index / 2) as u8]
}

fn index(x: u32, y: u32) -> Vec<u32> {
    vec![x * 5 + y * 2]
}

fn indexed(x: u32, y: u32) -> Rgb {
    color(index(x, y)[0])
}

/// A value of the map of 256 colours, of 8 bits: all reds, then all greens, then all blues.
fn component(at: u32) -> u16 {
    color(at % 256)[at as usize / 256].into()
}

/// Numbers of which neither byte says which colour it is.
fn wide_index(x: u32, y: u32) -> Vec<u32> {
    vec![index(x, y)[0] * 251]
}

fn wide_component(at: u32) -> u16 {
    u16::from(color((at % 65_536 / 251).min(255))[at as usize / 65_536]) * 257
}

fn wide(color: Rgb) -> Vec<u32> {
    color.map(|value| u32::from(value) * 257).to_vec()
}

fn real(color: Rgb, factor: f32) -> Vec<u32> {
    color.map(|value| (f32::from(value) * factor).to_bits()).to_vec()
}

fn noise(x: u32, y: u32) -> u32 {
    (x * 97 + y * 151) % 256
}

fn with_noise(x: u32, y: u32) -> Vec<u32> {
    [scene(x, y).map(u32::from).to_vec(), vec![noise(x, y)]].concat()
}

fn opacity(x: u32) -> u32 {
    255 - x * 5
}

fn premultiplied(x: u32, y: u32) -> Vec<u32> {
    scene(x, y).map(|value| u32::from(value) * opacity(x) / 255).to_vec()
}

fn on_white(color: Rgb, x: u32) -> Rgb {
    over_white(color, opacity(x))
}

fn over_noise(color: Rgb, x: u32, y: u32) -> Rgb {
    over_white(color, noise(x, y))
}

fn over_white(color: Rgb, alpha: u32) -> Rgb {
    color.map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha)) / 255) as u8)
}

/// Four inks, and what they look like by SWOP.
fn inks(x: u32, y: u32) -> Vec<u32> {
    let mut inks = vec![0; 4];
    inks[(x / 20 + y / 12 * 2) as usize] = 255;
    inks
}

fn inked(x: u32, y: u32) -> Rgb {
    [[0, 174, 239], [236, 0, 140], [255, 242, 0], [35, 31, 32]][(x / 20 + y / 12 * 2) as usize]
}

/// Luma and chroma, in full or in the range of video.
fn luma(color: Rgb, [red_share, green_share, blue_share]: [f64; 3], video: bool) -> Vec<u32> {
    let [red, green, blue] = color.map(f64::from);
    let luma = red_share * red + green_share * green + blue_share * blue;
    let chroma = [(blue - luma) / (2.0 - 2.0 * blue_share), (red - luma) / (2.0 - 2.0 * red_share)];
    let [cb, cr] = chroma.map(|chroma| 128.0 + if video { chroma * 112.0 / 127.0 } else { chroma });
    [if video { 16.0 + luma * 219.0 / 255.0 } else { luma }, cb, cr].map(|value| value.round() as u32).to_vec()
}
