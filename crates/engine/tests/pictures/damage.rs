//! Files that are cut off: what comes out is the best that can be made of them and says so, or nothing does.

use crate::support::{attempt, exact, sample, webp};
use model::{Limits, Outcome};

const FILES: [&str; 22] = [
    "16bit.png",
    "16bit.tif",
    "animated.gif",
    "animated.png",
    "animated.webp",
    "cmyk.jpg",
    "cmyk.tif",
    "corners.avif",
    "corners.bmp",
    "corners.gif",
    "corners.heic",
    "corners.ico",
    "corners.jp2",
    "corners.png",
    "corners.qoi",
    "grid.heic",
    "interlaced.png",
    "lossless.webp",
    "lossy.webp",
    "oriented-1.jpg",
    "progressive.jpg",
    "rle.bmp",
];

/// No file that has lost a tenth or more may pass for a whole one with another picture in it.
#[test]
fn a_cut_file_is_never_silently_another_picture() {
    let mut partial = 0;
    for file in FILES {
        let bytes = sample(file);
        let whole = exact(&bytes);
        for tenth in 1..10 {
            let cut = attempt(&bytes[..bytes.len() * tenth / 10], &["exact"], &Limits::default());
            match cut.report.outcome {
                Outcome::Ok => match cut.images.get("exact") {
                    Some(image) => assert!(webp(image) == whole, "{file}, {tenth} tenths: it is another"),
                    // What is left of the smallest may be too little to be taken for a picture at all.
                    None => assert_eq!(cut.report.format.as_deref(), Some("txt"), "{file}, {tenth} tenths"),
                },
                Outcome::Partial => {
                    assert!(!cut.report.warnings.is_empty(), "{file}, {tenth} tenths");
                    partial += 1;
                }
                Outcome::Rejected { detail, .. } => assert!(!detail.is_empty(), "{file}, {tenth} tenths"),
                other => panic!("{file}, {tenth} tenths: {other:?}"),
            }
        }
    }
    assert!(partial > 20, "something is made of only {partial} of them");
}

/// The rows of tiles that are there are shown, and what is missing is paper.
#[test]
fn a_grid_without_its_end_shows_its_beginning() {
    let bytes = sample("grid.heic");
    let whole = exact(&bytes);
    let cut = attempt(&bytes[..bytes.len() - 8], &["exact"], &Limits::default());
    assert_eq!(cut.report.outcome, Outcome::Partial);
    assert_eq!(cut.report.warnings[0].code, "truncated");
    let shown = webp(&cut.images["exact"]);
    // It lies on its side: the first row of tiles is on the left.
    assert_eq!(shown.at(4, 8), whole.at(4, 8));
    assert_eq!(shown.at(46, 8)[..3], [255; 3]);
}

/// What a decoder said goes to the log; what people are told is a sentence of ours.
#[test]
fn a_refusal_keeps_what_the_decoder_said() {
    let read = |bytes: &[u8]| attempt(bytes, &["exact"], &Limits::default()).report;
    let mut png = sample("gray.png");
    assert_eq!(read(&png).cause, None);
    // In the width, which a checksum covers.
    png[18] ^= 1;
    let report = read(&png);
    let Outcome::Rejected { detail, .. } = &report.outcome else { panic!("{:?}", report.outcome) };
    let cause = report.cause.expect("the decoder said why");
    assert!(cause.contains("CRC error"), "{cause}");
    assert!(!detail.contains("CRC error"), "{detail}");
}
