//! Making presets of bytes, and reading them back.

use model::{CustomPresets, Limits, Report, Request, Task, add_presets};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

/// Rows for every format, and `exact`, in which every pixel of a sample can be read back.
const ROWS: &str = "exact 300x300 webp 80 lossless; png 300x300 png 1; png-small 300x300 png 1 smallest;
    avif 400x400 avif 85; avif-small 200x200 avif 60 smallest; jpeg 400x400 jpeg 85; film 40x40 webp 80 animated lossless; look 200x200 webp 80 lossless";

pub struct Made {
    pub report: Report,
    pub images: BTreeMap<String, Vec<u8>>,
}

/// The presets of a file that can be read.
pub fn make(bytes: &[u8], presets: &[&str]) -> Made {
    let made = attempt(bytes, presets, &Limits::default());
    assert!(made.report.outcome.is_success(), "{:?}", made.report.outcome);
    made
}

/// Whatever becomes of the file.
pub fn attempt(bytes: &[u8], presets: &[&str], limits: &Limits) -> Made {
    add_presets(ROWS.parse::<CustomPresets>().expect("good rows"));
    let presets = presets.iter().map(|&name| name.to_owned()).collect();
    let request = Request { task: Task::Ingest { presets }, extension: None, limits: limits.clone() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    let bytes = |part: &model::ArtifactPart| output[part.offset as usize..][..part.size_bytes as usize].to_vec();
    let images = report.artifacts.iter().map(|part| (part.name.clone(), bytes(part))).collect();
    Made { report, images }
}

/// Pixels in RGBA.
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub data: Vec<[u8; 4]>,
}

impl Pixels {
    pub fn at(&self, x: u32, y: u32) -> [u8; 4] {
        self.data[(y * self.width + x) as usize]
    }
}

/// The preset `exact` of a file, read back.
pub fn exact(bytes: &[u8]) -> Pixels {
    webp(&make(bytes, &["exact"]).images["exact"])
}

pub fn webp(bytes: &[u8]) -> Pixels {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("a WebP");
    let (width, height) = decoder.dimensions();
    let mut data = vec![0; decoder.output_buffer_size().expect("a size")];
    decoder.read_image(&mut data).expect("its pixels");
    Pixels { width, height, data: rgba(&data, width * height) }
}

pub fn png(bytes: &[u8]) -> Pixels {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut data).expect("its pixels");
    Pixels { width: info.width, height: info.height, data: rgba(&data, info.width * info.height) }
}

/// A PNG of those pixels, with that profile if any.
pub fn png_of(width: u32, height: u32, icc: Option<Vec<u8>>, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![];
    let mut info = png::Info::with_size(width, height);
    info.color_type = png::ColorType::Rgba;
    info.bit_depth = png::BitDepth::Eight;
    info.icc_profile = icc.map(Into::into);
    let mut writer = png::Encoder::with_info(&mut bytes, info).expect("an encoder").write_header().expect("a header");
    let data: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(|x| pixel(x, y)).collect::<Vec<_>>()).collect();
    writer.write_image_data(&data).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

pub fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/image");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn photo() -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compose/samples/photo.jpg");
    std::fs::read(file).expect("the sample")
}

fn rgba(data: &[u8], pixels: u32) -> Vec<[u8; 4]> {
    let pixel = |pixel: &[u8]| match *pixel {
        [red, green, blue, alpha] => [red, green, blue, alpha],
        [red, green, blue] => [red, green, blue, 255],
        _ => [pixel[0], pixel[0], pixel[0], 255],
    };
    data.chunks_exact(data.len() / pixels as usize).map(pixel).collect()
}
