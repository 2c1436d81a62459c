//! Presets of the operator's own, what a picture looks like, and that resizing while decoding loses nothing. A program
//! of its own, because presets are known to a whole process.

use fast_image_resize as fir;
use model::{CustomPresets, Facts, Limits, Outcome, Report, Request, Task, add_presets};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

const ROWS: &str = "square 100x100 webp 80 cover lossless; exact 300x300 webp 80 lossless; tiny 33x33 webp 80 lossless;
    night 48x32 jpeg 95 #000080; tight 1920x1920 jpeg 85 smallest; preview 10x10 jpeg 50";

#[test]
fn rows_say_what_is_made() {
    let (report, made) = make(&photo(), &["ai-chat", "tight", "square", "preview"]);
    let size =
        |name: &str| report.artifacts.iter().find(|part| part.name == name).map(|part| (part.width, part.height));
    assert_eq!(size("ai-chat"), Some((Some(1600), Some(1200))), "never enlarged");
    assert_eq!(size("square"), Some((Some(100), Some(100))), "filled and cut");
    assert_eq!(size("preview"), Some((Some(10), Some(8))), "the operator's row replaces ours");
    let saved = made["ai-chat"].len() as f64 / made["tight"].len() as f64;
    assert!(saved > 1.002 && saved < 1.1, "the trellis saved a factor of {saved}");
}

/// The middle of the picture, and not one of its sides.
#[test]
fn what_sticks_out_is_cut_off_on_both_sides() {
    let wide = png(400, 100, |x, _| if (150..250).contains(&x) { [0, 200, 0, 255] } else { [200, 0, 0, 255] });
    let (_, made) = make(&wide, &["square"]);
    let (width, height, pixels) = webp(&made["square"]);
    assert_eq!((width, height), (100, 100));
    // Next to the cut, Lanczos may have drawn some red in.
    let channels = pixels.len() / 10_000;
    let row = pixels[50 * 100 * channels..51 * 100 * channels].chunks_exact(channels);
    assert!(row.skip(4).take(92).all(|pixel| pixel[..3] == [0, 200, 0]));
}

#[test]
fn transparency_lies_on_the_colour_of_the_row() {
    let clear = png(48, 32, |_, _| [255, 255, 255, 0]);
    let (_, made) = make(&clear, &["night"]);
    let mut decoder = zune_jpeg::JpegDecoder::new(Cursor::new(&made["night"]));
    let pixels = decoder.decode().expect("a JPEG");
    assert!(pixels.chunks_exact(3).all(|pixel| pixel[0] < 8 && pixel[1] < 8 && pixel[2].abs_diff(128) < 8));
}

/// Rows that are made smaller while the rest is still being decoded must come out as if all had been there.
#[test]
fn resizing_while_decoding_is_resizing() {
    let noise = |x: u32, y: u32, shift: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503 << shift)) >> 13;
    for (width, height) in [(1201, 907), (300, 2000), (2000, 40), (301, 300)] {
        let pixel = |x: u32, y: u32| [noise(x, y, 1) as u8, (x * 255 / width) as u8, noise(x, y, 3) as u8 | 64, 255];
        let (report, made) = make(&png(width, height, pixel), &["exact", "tiny"]);
        for part in &report.artifacts {
            let (across, down, found) = webp(&made[&part.name]);
            let data: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
            let whole = fir::images::Image::from_vec_u8(width, height, data, fir::PixelType::U8x4).expect("pixels");
            let mut expected = fir::images::Image::new(across, down, fir::PixelType::U8x4);
            let lanczos = fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3));
            fir::Resizer::new().resize(&whole, &mut expected, &lanczos).expect("a resize");
            let channels = found.len() / (across * down) as usize;
            // The tiny one is made of the exact one, which rounds once more.
            let most = if part.name == "tiny" { 6 } else { 2 };
            for (found, expected) in found.chunks_exact(channels).zip(expected.buffer().chunks_exact(4)) {
                let distance = found[..3].iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(distance <= Some(most), "{}: {found:?} for {expected:?}", part.name);
            }
        }
    }
}

/// What is there is shown as it was, and the warning says how much that is.
#[test]
fn a_photo_cut_off_at_every_tenth_says_how_much_of_it_is_sure() {
    let photo = photo();
    let whole = webp(&make(&photo, &["exact"]).1["exact"]).2;
    let mut before = 0;
    for tenth in 1..10 {
        let (report, made) = make(&photo[..photo.len() * tenth / 10], &["exact"]);
        assert_eq!(report.outcome, Outcome::Partial, "{tenth}");
        let message = &report.warnings[0].message;
        let sure = message.split("first ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
        let sure = sure.unwrap_or_else(|| panic!("{tenth}: {message}"));
        assert!(sure > before && sure < 100, "{tenth}: {message}");
        before = sure;
        let (width, height, cut) = webp(&made["exact"]);
        // Lanczos looks a few rows ahead.
        let rows = (height as usize * sure / 100).saturating_sub(4);
        let bytes = rows * width as usize * (cut.len() / (width * height) as usize);
        assert!(cut[..bytes] == whole[..bytes], "{tenth}: {sure} % are not as they were");
    }
    assert!(before > 60, "nine tenths of the file are only {before} % of the picture");
}

/// One picture at several sizes and in several formats is one picture; another is another.
#[test]
fn a_picture_is_known_by_its_fingerprint() {
    let (report, made) = make(&photo(), &["ai-chat", "preview", "exact", "thumbnail"]);
    let original = perceptual_hash(&report.facts);
    for name in ["ai-chat", "exact", "thumbnail"] {
        let copy = perceptual_hash(&make(&made[name], &["thumbnail"]).0.facts);
        assert!((original ^ copy).count_ones() <= 4, "{name}: {original:016x} and {copy:016x}");
    }
    let other = perceptual_hash(&make(&sample("image/corners.png"), &["thumbnail"]).0.facts);
    assert!((original ^ other).count_ones() > 12, "{original:016x} and {other:016x}");
    let turned: Vec<u64> = (1..=8)
        .map(|n| perceptual_hash(&make(&sample(&format!("image/oriented-{n}.jpg")), &["thumbnail"]).0.facts))
        .collect();
    assert!(turned.iter().all(|hash| (hash ^ turned[0]).count_ones() <= 6), "{turned:x?}");
}

#[test]
fn the_colour_of_most_of_it_is_found() {
    let mostly = |x: u32, y: u32| if x < 60 || y < 10 { [200, 16, 32, 255] } else { [0, 0, 250, 255] };
    let color = |bytes: &[u8]| make(bytes, &["thumbnail"]).0.facts.dominant_color;
    assert_eq!(color(&png(100, 100, mostly)).as_deref(), Some("#c81020"));
    assert_eq!(color(&png(100, 100, |_, _| [9, 9, 9, 0])), None, "nothing is to be seen");
}

/// The placeholder has the picture's shape and mean colour.
#[test]
fn the_placeholder_resembles_the_picture() {
    let facts = make(&png(200, 100, |_, _| [200, 100, 50, 255]), &["thumbnail"]).0.facts;
    let hash = facts.thumb_hash.expect("a placeholder");
    let bytes: Vec<u8> =
        (0..hash.len()).step_by(2).map(|at| u8::from_str_radix(&hash[at..at + 2], 16).expect("hexadecimal")).collect();
    let (width, height, pixels) = thumbhash::thumb_hash_to_rgba(&bytes).expect("a placeholder");
    assert!((1.6..2.4).contains(&(width as f64 / height as f64)), "{width} × {height}");
    let middle = &pixels[(height / 2 * width + width / 2) * 4..][..3];
    assert!(middle.iter().zip([200, 100, 50]).all(|(a, b)| a.abs_diff(b) < 24), "{middle:?}");
}

/// What is asked again later is only the image.
#[test]
fn a_fingerprint_is_noted_once() {
    let request = Request {
        task: Task::Optimize { presets: vec!["thumbnail".into()] },
        extension: None,
        limits: Limits::default(),
    };
    let report = engine::run(&request, &mut Cursor::new(photo()), &mut vec![], &|_| ());
    assert_eq!((report.facts.thumb_hash, report.facts.perceptual_hash), (None, None));
}

/// Scanners of the nineties wrapped JPEG files in TIFF in a way that was soon given up (compression 6).
#[test]
fn a_jpeg_inside_of_an_old_tiff_is_read() {
    let jpeg = sample("image/oriented-1.jpg");
    let entries: [(u16, u32); 7] = [(256, 48), (257, 32), (258, 8), (259, 6), (262, 6), (277, 3), (513, 8)];
    let mut tiff = b"II*\0".to_vec();
    tiff.extend((8 + jpeg.len() as u32).to_le_bytes());
    tiff.extend(&jpeg);
    tiff.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        tiff.extend([tag.to_le_bytes(), 4_u16.to_le_bytes()].concat());
        tiff.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    tiff.extend([0; 4]);
    let (report, made) = make(&tiff, &["exact"]);
    assert_eq!((report.format.as_deref(), report.facts.width), (Some("tiff"), Some(48)));
    assert_eq!(made["exact"], make(&jpeg, &["exact"]).1["exact"]);
}

fn perceptual_hash(facts: &Facts) -> u64 {
    u64::from_str_radix(facts.perceptual_hash.as_deref().expect("a hash"), 16).expect("hexadecimal")
}

fn make(bytes: &[u8], presets: &[&str]) -> (Report, BTreeMap<String, Vec<u8>>) {
    add_presets(ROWS.parse::<CustomPresets>().expect("good rows"));
    let presets = presets.iter().map(|&name| name.to_owned()).collect();
    let request = Request { task: Task::Ingest { presets }, extension: None, limits: Limits::default() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    assert!(report.outcome.is_success(), "{:?}", report.outcome);
    let bytes = |part: &model::ArtifactPart| output[part.offset as usize..][..part.size_bytes as usize].to_vec();
    let made = report.artifacts.iter().map(|part| (part.name.clone(), bytes(part))).collect();
    (report, made)
}

fn webp(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("a WebP");
    let (width, height) = decoder.dimensions();
    let mut data = vec![0; decoder.output_buffer_size().expect("a size")];
    decoder.read_image(&mut data).expect("its pixels");
    (width, height, data)
}

fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().expect("a header");
    let data: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(|x| pixel(x, y)).collect::<Vec<_>>()).collect();
    writer.write_image_data(&data).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

fn photo() -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compose/samples/photo.jpg");
    std::fs::read(file).expect("the sample")
}

fn sample(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples").join(path)).expect("the sample")
}
