//! Every format that can be asked for, read back by somebody else where there is somebody.

use crate::support::{attempt, exact, make, photo, png, png_of, sample, webp};
use model::{ImageFormat, Limits, Outcome};

#[test]
fn png_loses_nothing_and_stores_no_alpha_that_is_not_there() {
    let clear = png_of(20, 10, None, |x, y| [x as u8 * 9, y as u8 * 20, 77, if x < 10 { 255 } else { 90 }]);
    let made = make(&clear, &["png", "png-small"]);
    assert!(png(&made.images["png"]) == png(&clear) && png(&made.images["png-small"]) == png(&clear));
    for (file, color) in [("corners.png", 2), ("gray.png", 0), ("alpha.png", 6)] {
        let made = make(&sample(file), &["png", "exact"]);
        assert_eq!(made.images["png"][25], color, "{file}");
        assert!(made.images["png"].starts_with(b"\x89PNG"));
        let (png, webp) = (png(&made.images["png"]), webp(&made.images["exact"]));
        let seen = |pixel: &&[u8; 4]| pixel[3] > 0;
        assert!(png.data.iter().filter(seen).eq(webp.data.iter().filter(seen)), "{file}");
    }
}

#[test]
fn avif_looks_like_the_picture_and_is_shorter_than_its_jpeg() {
    let photo = photo();
    let made = make(&photo, &["avif", "jpeg", "exact"]);
    let (avif, jpeg) = (&made.images["avif"], &made.images["jpeg"]);
    assert!(ImageFormat::Avif.begins(avif[..12].try_into().expect("twelve bytes")));
    assert!(avif.len() < jpeg.len(), "{} bytes of AVIF, {} of JPEG", avif.len(), jpeg.len());
    let before = webp(&made.images["exact"]);
    let loss = |bytes: &[u8]| {
        let after = exact(bytes);
        assert_eq!((before.width, before.height), (after.width, after.height));
        let pairs = before.data.iter().flatten().zip(after.data.iter().flatten());
        pairs.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum::<f64>()
    };
    let (of_avif, of_jpeg) = (loss(avif), loss(jpeg));
    assert!(of_avif < of_jpeg * 1.3, "the squares add up to {of_avif:.0}, those of the JPEG to {of_jpeg:.0}");
}

#[test]
fn avif_keeps_alpha_and_grey_and_the_smallest_sizes() {
    let half = png_of(40, 30, None, |x, _| [200, 30, 60, if x < 20 { 255 } else { 0 }]);
    let read_back = exact(&make(&half, &["avif"]).images["avif"]);
    assert!(read_back.at(5, 15)[3] > 250 && read_back.at(35, 15)[3] < 5);
    assert!(read_back.at(5, 15)[0].abs_diff(200) < 6);
    let gray = exact(&make(&sample("gray.png"), &["avif"]).images["avif"]);
    assert!(gray.at(12, 8)[0].abs_diff(73) < 5 && gray.at(36, 24)[0].abs_diff(240) < 5);
    for side in [1, 2, 3, 15, 17] {
        let tiny =
            exact(&make(&png_of(side, 1, None, |_, _| [10, 200, 30, 255]), &["avif-small"]).images["avif-small"]);
        assert_eq!((tiny.width, tiny.height), (side, 1));
        assert!(tiny.at(0, 0)[1].abs_diff(200) < 12, "{side}: {:?}", tiny.at(0, 0));
    }
}

/// Only what is shown is in the file: no profile, no EXIF, no comment.
#[test]
fn nothing_of_the_metadata_is_left_in_any_format() {
    let made = make(&sample("oriented-6.jpg"), &["png", "avif", "jpeg", "exact"]);
    for (name, bytes) in &made.images {
        let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
        assert!(!has(b"Exif") && !has(b"EXIF") && !has(b"eXIf") && !has(b"ICC_PROFILE"), "{name}");
    }
}

#[test]
fn an_avif_of_more_pixels_than_allowed_is_refused() {
    let limits = Limits { image_pixels: 100, ..Limits::default() };
    let made = attempt(&sample("corners.avif"), &["png"], &limits);
    assert!(matches!(made.report.outcome, Outcome::Rejected { .. }));
}
