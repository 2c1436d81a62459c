//! Pictures through the engine's front door: every format, what its bytes say of it, and how it looks.
//!
//! Nearly all samples show the same: four fields, red and green above blue and white, 48 × 32 pixels once upright.

use engine::run;
use model::{ImageFormat, Limits, Motion, Outcome, PRESETS, Preset, Reason, Report, Request, Task};
use std::io::Cursor;
use std::path::Path;

const RED: [u8; 3] = [224, 32, 32];
const GREEN: [u8; 3] = [32, 192, 64];
const BLUE: [u8; 3] = [32, 64, 224];
const WHITE: [u8; 3] = [240, 240, 240];
const FIELDS: [[u8; 3]; 4] = [RED, GREEN, BLUE, WHITE];
/// What a fax makes of them.
const BILEVEL: [[u8; 3]; 4] = [[0; 3], [255; 3], [0; 3], [255; 3]];
const GRAY: [[u8; 3]; 4] = [[73; 3], [149; 3], [69; 3], [240; 3]];
/// Where the fields are looked at.
const MIDDLES: [(u32, u32); 4] = [(12, 8), (36, 8), (12, 24), (36, 24)];

/// Losses of JPEG, WebP, AVIF and HEIC.
const CLOSE: u8 = 16;
/// These colours are beyond what inks can print.
const INKS: u8 = 80;

struct Sample {
    file: &'static str,
    format: &'static str,
    stored: (u32, u32),
    orientation: u8,
    animated: bool,
    fields: [[u8; 3]; 4],
    tolerance: u8,
}

const fn sample(file: &'static str, format: &'static str) -> Sample {
    Sample { file, format, stored: (48, 32), orientation: 1, animated: false, fields: FIELDS, tolerance: CLOSE }
}

const fn turned(file: &'static str, format: &'static str, orientation: u8) -> Sample {
    let stored = if orientation >= 5 { (32, 48) } else { (48, 32) };
    Sample { stored, orientation, ..sample(file, format) }
}

static SAMPLES: &[Sample] = &[
    sample("corners.avif", "avif"),
    sample("corners.bmp", "bmp"),
    sample("rle.bmp", "bmp"),
    Sample { animated: true, ..sample("animated.gif", "gif") },
    sample("corners.gif", "gif"),
    sample("corners.heic", "heic"),
    turned("grid.heic", "heic", 8),
    sample("corners.ico", "ico"),
    sample("rgb-png.ico", "ico"),
    sample("corners.jp2", "jp2"),
    Sample { tolerance: INKS, ..sample("cmyk.jpg", "jpeg") },
    Sample { fields: GRAY, ..sample("gray.jpg", "jpeg") },
    turned("oriented-1.jpg", "jpeg", 1),
    turned("oriented-2.jpg", "jpeg", 2),
    turned("oriented-3.jpg", "jpeg", 3),
    turned("oriented-4.jpg", "jpeg", 4),
    turned("oriented-5.jpg", "jpeg", 5),
    turned("oriented-6.jpg", "jpeg", 6),
    turned("oriented-7.jpg", "jpeg", 7),
    turned("oriented-8.jpg", "jpeg", 8),
    sample("progressive.jpg", "jpeg"),
    sample("16bit.png", "png"),
    Sample { animated: true, ..sample("animated.png", "png") },
    sample("corners.png", "png"),
    Sample { fields: GRAY, ..sample("gray.png", "png") },
    sample("interlaced.png", "png"),
    turned("oriented-6.png", "png", 6),
    sample("palette.png", "png"),
    sample("corners.qoi", "qoi"),
    sample("corners.svg", "svg"),
    sample("16bit.tif", "tiff"),
    Sample { tolerance: INKS, ..sample("cmyk.tif", "tiff") },
    Sample { fields: BILEVEL, ..sample("fax-low-bit-first.tif", "tiff") },
    Sample { fields: BILEVEL, ..sample("fax.tif", "tiff") },
    sample("jpeg-ycbcr.tif", "tiff"),
    sample("lzw.tif", "tiff"),
    turned("oriented-8.tif", "tiff", 8),
    sample("palette.tif", "tiff"),
    sample("planar.tif", "tiff"),
    Sample { animated: true, ..sample("animated.webp", "webp") },
    sample("lossless.webp", "webp"),
    sample("lossy.webp", "webp"),
    turned("oriented-6.webp", "webp", 6),
];

#[test]
fn every_format_is_upright_and_in_its_colours() {
    for sample in SAMPLES {
        let file = sample.file;
        let (report, output) = make(&read(file), &["ai-chat", "thumbnail"]);
        assert_eq!(report.outcome, Outcome::Ok, "{file}");
        assert_eq!(report.format.as_deref(), Some(sample.format), "{file}");
        let facts = &report.facts;
        assert_eq!((facts.width, facts.height), (Some(sample.stored.0), Some(sample.stored.1)), "{file}");
        assert_eq!(facts.orientation, Some(sample.orientation), "{file}");
        assert_eq!(facts.animated, Some(sample.animated), "{file}");
        for picture in pictures(&report, &output) {
            assert_eq!((picture.width, picture.height), (48, 32), "{file}, {}", picture.name);
            let found = MIDDLES.map(|at| picture.color(at));
            let distances = found.iter().flatten().zip(sample.fields.iter().flatten()).map(|(a, b)| a.abs_diff(*b));
            assert!(distances.max() <= Some(sample.tolerance), "{file}, {}: {found:?}", picture.name);
        }
    }
}

#[test]
fn alpha_lies_on_white_in_jpeg_and_stays_in_webp() {
    for file in ["alpha.png", "alpha.webp"] {
        let (report, output) = make(&read(file), &["ai-chat", "thumbnail"]);
        assert_eq!(report.facts.alpha, Some(true), "{file}");
        let [jpeg, webp] = &pictures(&report, &output)[..] else { panic!("two presets") };
        let is_white = |color: [u8; 3]| color.iter().all(|&light| light > 250);
        assert!(is_white(jpeg.color((36, 8))) && !is_white(jpeg.color((12, 8))), "{file}");
        assert_eq!((webp.alpha((12, 8)), webp.alpha((36, 8))), (255, 0), "{file}");
    }
}

#[test]
fn a_wide_gamut_profile_is_brought_to_srgb() {
    let plain = read("oriented-1.jpg");
    let icc = moxcms::ColorProfile::new_display_p3().encode().expect("a profile of its own");
    let mut segment = vec![0xff, 0xe2];
    segment.extend((icc.len() as u16 + 16).to_be_bytes());
    segment.extend(b"ICC_PROFILE\0\x01\x01");
    segment.extend(icc);
    let wide = [&plain[..2], &segment, &plain[2..]].concat();
    let red = |bytes: &[u8]| {
        let (report, output) = make(bytes, &["ai-chat"]);
        pictures(&report, &output)[0].color(MIDDLES[0])
    };
    // Display P3's red is redder than sRGB's.
    let (plain, wide) = (red(&plain), red(&wide));
    assert!(wide[0] > plain[0] + 10 && wide[1] < plain[1], "{wide:?} from {plain:?}");
}

#[test]
fn portraits_and_landscapes_fit_inside_the_box_on_both_sides_and_never_grow() {
    for (stored, expected) in [
        ((600, 3000), (40, 200)),
        ((3000, 600), (200, 40)),
        ((3000, 2), (200, 1)),
        ((500, 500), (200, 200)),
        ((199, 7), (199, 7)),
        ((1, 1), (1, 1)),
    ] {
        let (report, output) = make(&gray_png(stored), &["thumbnail"]);
        let part = &report.artifacts[0];
        assert_eq!((part.width, part.height), (Some(expected.0), Some(expected.1)), "{stored:?}");
        let picture = &pictures(&report, &output)[0];
        assert_eq!((picture.width, picture.height), expected, "{stored:?}");
    }
}

#[test]
fn all_presets_come_from_one_run_largest_first() {
    let still = |preset: &&Preset| preset.motion == Motion::Still;
    let names: Vec<&str> = PRESETS.iter().filter(still).map(|preset| preset.name).collect();
    let (report, output) = make(&gray_png((2500, 1250)), &names);
    let made: Vec<_> = report.artifacts.iter().map(|part| (part.name.as_str(), part.width, part.height)).collect();
    let expected = [
        ("ai-vision", Some(2048), Some(1024)),
        ("ai-chat", Some(1920), Some(960)),
        ("preview", Some(800), Some(400)),
        ("thumbnail", Some(200), Some(100)),
    ];
    assert_eq!(made, expected);
    for (part, picture) in report.artifacts.iter().zip(pictures(&report, &output)) {
        assert_eq!((part.width, part.height), (Some(picture.width), Some(picture.height)));
    }
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let file = read("oriented-6.jpg");
    assert_eq!(make(&file, &["ai-vision", "thumbnail"]).1, make(&file, &["ai-vision", "thumbnail"]).1);
}

#[test]
fn nothing_of_the_metadata_is_left() {
    let (_, output) = make(&read("oriented-6.jpg"), &["ai-chat", "thumbnail"]);
    assert!(!output.windows(4).any(|window| window == b"Exif" || window == b"EXIF"));
}

#[test]
fn every_file_cut_off_anywhere_is_made_the_best_of_or_refused() {
    for sample in SAMPLES {
        let whole = read(sample.file);
        let step = (whole.len() / 60).max(1);
        for end in (1..whole.len()).step_by(step) {
            let (report, _) = make(&whole[..end], &["thumbnail"]);
            assert!(is_decided(&report), "{} cut at {end}: {:?}", sample.file, report.outcome);
        }
    }
}

#[test]
fn every_file_with_a_damaged_byte_is_made_the_best_of_or_refused() {
    for sample in SAMPLES {
        let whole = read(sample.file);
        let step = (whole.len() / 40).max(1);
        for at in (0..whole.len()).step_by(step) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            let (report, _) = make(&damaged, &["thumbnail"]);
            assert!(is_decided(&report), "{} damaged at {at}: {:?}", sample.file, report.outcome);
        }
    }
}

#[test]
fn what_is_cut_off_is_partial_with_a_warning() {
    for (file, missing) in [
        ("corners.gif", 10),
        ("gray.jpg", 10),
        ("lossy.webp", 10),
        ("oriented-1.jpg", 10),
        ("progressive.jpg", 10),
        ("corners.png", 22),
    ] {
        let whole = read(file);
        let (report, output) = make(&whole[..whole.len() - missing], &["thumbnail"]);
        assert_eq!(report.outcome, Outcome::Partial, "{file}");
        assert_eq!(report.warnings[0].code, "truncated", "{file}");
        assert_eq!(pictures(&report, &output).len(), 1, "{file}");
    }
}

#[test]
fn limits_are_kept_by_the_header_alone() {
    let check = |file: &str, limits: Limits, reason: Reason| {
        let (report, output) = make_within(&read(file), &["thumbnail"], &limits);
        let Outcome::Rejected { reason: found, .. } = report.outcome else { panic!("{file}: {:?}", report.outcome) };
        assert_eq!(found, reason, "{file}");
        assert!(output.is_empty(), "{file}");
    };
    let pixels = 48 * 32 - 1;
    for sample in SAMPLES {
        let fewer = Limits { image_pixels: pixels, image_pixels_scaled: pixels, ..Limits::default() };
        check(sample.file, fewer, Reason::TooManyPixels);
        let shorter = Limits { image_side: 47, ..Limits::default() };
        check(sample.file, shorter, Reason::TooManyPixels);
        let smaller = Limits { whole_file_bytes: 20, ..Limits::default() };
        check(sample.file, smaller, Reason::TooLarge);
    }
}

#[test]
fn a_baseline_jpeg_may_have_more_pixels_than_one_that_is_held_whole() {
    let limits = Limits { image_pixels: 1, ..Limits::default() };
    let outcome = |file: &str| make_within(&read(file), &["thumbnail"], &limits).0.outcome;
    assert_eq!(outcome("oriented-1.jpg"), Outcome::Ok);
    assert!(matches!(outcome("progressive.jpg"), Outcome::Rejected { reason: Reason::TooManyPixels, .. }));
}

#[test]
fn an_svg_reaches_nothing_outside_of_it_and_declares_no_entities() {
    let (report, output) = make(&read("outside.svg"), &["thumbnail"]);
    assert_eq!(report.outcome, Outcome::Ok);
    assert_eq!(pictures(&report, &output)[0].alpha((24, 16)), 0, "nothing is drawn");
    let (report, _) = make(&read("entities.svg"), &["thumbnail"]);
    assert!(matches!(report.outcome, Outcome::Rejected { reason: Reason::XmlEntities, .. }));
}

#[test]
fn a_picture_has_no_text_to_extract() {
    let request = Request { task: Task::ExtractText, extension: None, limits: Limits::default() };
    let report = run(&request, &mut Cursor::new(read("corners.png")), &mut vec![], &|_| ());
    assert!(matches!(report.outcome, Outcome::Rejected { reason: Reason::Unsupported, .. }));
}

/// A picture was made, or the content is refused: nothing of ours broke.
fn is_decided(report: &Report) -> bool {
    matches!(report.outcome, Outcome::Ok | Outcome::Partial | Outcome::Rejected { .. })
}

struct Picture {
    name: String,
    width: u32,
    height: u32,
    channels: usize,
    data: Vec<u8>,
}

impl Picture {
    fn color(&self, at: (u32, u32)) -> [u8; 3] {
        let pixel = self.pixel(at);
        [pixel[0], pixel[1], pixel[2]]
    }

    fn alpha(&self, at: (u32, u32)) -> u8 {
        self.pixel(at).get(3).copied().unwrap_or(255)
    }

    fn pixel(&self, (x, y): (u32, u32)) -> &[u8] {
        let start = (y * self.width + x) as usize * self.channels;
        &self.data[start..start + self.channels]
    }
}

/// The presets, decoded by libraries that had no part in making them.
fn pictures(report: &Report, output: &[u8]) -> Vec<Picture> {
    let picture = |part: &model::ArtifactPart| {
        let bytes = &output[part.offset as usize..(part.offset + part.size_bytes) as usize];
        if part.mime == ImageFormat::Jpeg.mime() {
            decode_jpeg(&part.name, bytes)
        } else {
            decode_webp(&part.name, bytes)
        }
    };
    report.artifacts.iter().map(picture).collect()
}

fn decode_jpeg(name: &str, bytes: &[u8]) -> Picture {
    use zune_jpeg::zune_core::{colorspace::ColorSpace, options::DecoderOptions};
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(Cursor::new(bytes), options);
    let data = decoder.decode().expect("a JPEG");
    let info = decoder.info().expect("its header");
    Picture { name: name.into(), width: info.width.into(), height: info.height.into(), channels: 3, data }
}

fn decode_webp(name: &str, bytes: &[u8]) -> Picture {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("a WebP");
    let (width, height) = decoder.dimensions();
    let mut data = vec![0; decoder.output_buffer_size().expect("a size")];
    decoder.read_image(&mut data).expect("its pixels");
    Picture { name: name.into(), width, height, channels: if decoder.has_alpha() { 4 } else { 3 }, data }
}

fn make(bytes: &[u8], presets: &[&str]) -> (Report, Vec<u8>) {
    make_within(bytes, presets, &Limits::default())
}

fn make_within(bytes: &[u8], presets: &[&str], limits: &Limits) -> (Report, Vec<u8>) {
    let presets = presets.iter().map(|&name| name.to_owned()).collect();
    let request = Request { task: Task::Ingest { presets }, extension: None, limits: limits.clone() };
    let mut output = vec![];
    let report = run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    (report, output)
}

fn gray_png((width, height): (u32, u32)) -> Vec<u8> {
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    let data: Vec<u8> = (0..width * height).map(|at| (at % width) as u8).collect();
    writer.write_image_data(&data).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/image");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
