//! Every sample against the picture it was when somebody last looked at it, by ssimulacra2: 100 is the same, from 90 on nobody
//! sees a difference. `UPDATE_REFERENCES=1` makes the pictures anew, for somebody to look at.

use crate::support::{Pixels, exact, make, photo, png, sample, webp};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};
use std::path::{Path, PathBuf};

/// Losses differ a little between machines and versions of decoders.
const LEAST: f64 = 85.0;

#[test]
fn every_sample_looks_as_it_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/image");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).expect("the samples") {
        let entry = entry.expect("a sample");
        let name = entry.file_name().to_string_lossy().into_owned();
        // One is refused, the other draws nothing.
        if entry.path().is_dir() || ["entities.svg", "outside.svg"].contains(&name.as_str()) {
            continue;
        }
        check(&name, &exact(&sample(&name)));
        compared += 1;
    }
    assert!(compared > 45, "only {compared} samples");
}

/// Every preset of a photo, made smaller once more, so that it has room here.
#[test]
fn every_preset_of_a_photo_looks_as_it_did() {
    for preset in ["ai-chat", "ai-vision", "preview", "avif-small"] {
        let made = make(&photo(), &[preset]);
        check(&format!("photo-{preset}"), &webp(&make(&made.images[preset], &["look"]).images["look"]));
    }
    check("photo-thumbnail", &webp(&make(&photo(), &["thumbnail"]).images["thumbnail"]));
}

fn check(name: &str, found: &Pixels) {
    let path = expected(name);
    if std::env::var_os("UPDATE_REFERENCES").is_some() {
        std::fs::write(&path, encode(found)).expect("a picture written");
        return;
    }
    let expected = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let expected = png(&expected);
    assert_eq!((found.width, found.height), (expected.width, expected.height), "{name}");
    let score = compute_frame_ssimulacra2(on_white(&expected), on_white(found)).expect("a score");
    assert!(score >= LEAST, "{name} scores {score:.1} against {}", path.display());
}

fn expected(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures/references").join(format!("{name}.png"))
}

fn on_white(pixels: &Pixels) -> Rgb {
    let over = |color: u8, alpha: u8| 1.0 - f32::from(alpha) / 255.0 * (1.0 - f32::from(color) / 255.0);
    let rgb = pixels.data.iter().map(|&[red, green, blue, alpha]| [red, green, blue].map(|color| over(color, alpha)));
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    Rgb::new(rgb.collect(), width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709).expect("a picture")
}

fn encode(pixels: &Pixels) -> Vec<u8> {
    let opaque = pixels.data.iter().all(|pixel| pixel[3] == 255);
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_color(if opaque { png::ColorType::Rgb } else { png::ColorType::Rgba });
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().expect("a header");
    let channels = if opaque { 3 } else { 4 };
    let data: Vec<u8> = pixels.data.iter().flat_map(|pixel| &pixel[..channels]).copied().collect();
    writer.write_image_data(&data).expect("pixels");
    writer.finish().expect("an end");
    bytes
}
