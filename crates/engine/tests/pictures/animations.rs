//! Animations: still presets show the first frame, moving ones all of them.

use crate::support::{attempt, make, png_of, sample};
use image_webp::WebPDecoder;
use model::{Limits, Outcome, Reason};
use std::io::Cursor;

#[test]
fn gif_apng_and_webp_move_at_their_own_pace() {
    let gif = gif_of(80, &[0, 10, 20].map(|column| (gif::DisposalMethod::Keep, column)));
    let webp = make(&gif, &["film"]).images.remove("film").expect("it was made");
    for (name, file) in [("gif", &gif), ("webp", &webp), ("apng", &apng())] {
        let made = make(file, &["film", "exact"]);
        assert_eq!(made.report.outcome, Outcome::Ok, "{name}");
        assert_eq!(made.report.facts.animated, Some(true), "{name}");
        let frames = frames(&made.images["film"]);
        assert_eq!(frames.iter().map(|frame| frame.0).collect::<Vec<_>>(), [50, 50, 50], "{name}");
        assert!(frames[0].1 != frames[1].1 && frames[1].1 != frames[2].1, "{name}: nothing moves");
        let part = made.report.artifacts.iter().find(|part| part.name == "film").expect("it was made");
        assert_eq!((part.width, part.height, part.mime.as_str()), (Some(40), Some(40), "image/webp"), "{name}");
        let still = WebPDecoder::new(Cursor::new(&made.images["exact"])).expect("a WebP");
        assert!(!still.is_animated(), "{name}");
    }
}

/// One frame after another is only kept when it differs.
#[test]
fn frames_that_are_all_the_same_make_a_still_picture() {
    for file in ["animated.gif", "animated.png", "animated.webp"] {
        let made = make(&sample(file), &["film"]);
        let film = WebPDecoder::new(Cursor::new(&made.images["film"])).expect("a WebP");
        assert_eq!(film.dimensions(), (40, 27), "{file}");
    }
}

#[test]
fn of_what_does_not_move_there_is_no_animation() {
    let refused = attempt(&sample("corners.png"), &["film"], &Limits::default());
    assert!(matches!(refused.report.outcome, Outcome::Rejected { reason: Reason::NotAnimated, .. }));
    let rest = make(&sample("corners.png"), &["film", "exact"]);
    assert_eq!((rest.report.outcome, rest.images.len()), (Outcome::Partial, 1));
    assert_eq!(rest.report.warnings[0].code, "not-animated");
}

/// What a frame leaves behind is drawn over, or taken away, as it says.
#[test]
fn frames_are_drawn_over_those_before() {
    let gif = gif_of(
        4,
        &[(gif::DisposalMethod::Keep, 0), (gif::DisposalMethod::Previous, 1), (gif::DisposalMethod::Keep, 2)],
    );
    let frames = frames(&make(&gif, &["film"]).images["film"]);
    assert_eq!(frames.len(), 3);
    let is_white = |frame: usize, column: usize| frames[frame].1[column * 4] > 200;
    assert!(!is_white(1, 0), "the first column stays");
    assert!(!is_white(0, 1) && is_white(1, 1), "the second is drawn");
    assert!(!is_white(2, 1) && is_white(2, 2), "and taken away again");
}

#[test]
fn a_long_animation_is_cut_and_says_so() {
    let gif = gif_of(20, &[(gif::DisposalMethod::Keep, 0); 30]);
    // A frame counts as 10,000 pixels.
    let limits = Limits { animation_pixels: 75_000, ..Limits::default() };
    let made = attempt(&gif, &["film"], &limits);
    assert_eq!(made.report.outcome, Outcome::Partial);
    assert_eq!(made.report.warnings[0].code, "animation-cut");
    assert!(made.report.warnings[0].message.contains("first 7 frames"), "{}", made.report.warnings[0].message);
}

#[test]
fn an_animation_that_is_cut_off_ends_early_and_says_so() {
    let frames: Vec<_> = (0..12).map(|at| (gif::DisposalMethod::Keep, at)).collect();
    let gif = gif_of(64, &frames);
    let made = make(&gif[..gif.len() * 3 / 4], &["film"]);
    assert_eq!(made.report.outcome, Outcome::Partial);
    assert_eq!(made.report.warnings[0].code, "truncated");
}

#[test]
fn a_still_png_has_no_frames_to_show() {
    let made = make(&png_of(9, 9, None, |_, _| [1, 2, 3, 255]), &["exact"]);
    assert_eq!(made.report.facts.animated, Some(false));
}

/// A GIF of grey; every frame is a white column at that place.
fn gif_of(side: u16, frames: &[(gif::DisposalMethod, u16)]) -> Vec<u8> {
    let mut bytes = vec![];
    let mut encoder = gif::Encoder::new(&mut bytes, side, side, &[90, 90, 90, 255, 255, 255]).expect("an encoder");
    let background = gif::Frame {
        width: side,
        height: side,
        delay: 5,
        buffer: vec![0; usize::from(side * side)].into(),
        ..gif::Frame::default()
    };
    for (number, &(dispose, column)) in frames.iter().enumerate() {
        let column =
            gif::Frame { left: column, width: 1, buffer: vec![1; usize::from(side)].into(), ..background.clone() };
        let frame = if number == 0 { background.clone() } else { column };
        encoder.write_frame(&gif::Frame { dispose, ..frame }).expect("a frame");
    }
    drop(encoder);
    bytes
}

/// Three frames of 50 ms: grey, darker, darker still.
fn apng() -> Vec<u8> {
    const SIDE: u32 = 50;
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_animated(3, 0).expect("three frames");
    encoder.set_frame_delay(1, 20).expect("a delay");
    let mut writer = encoder.write_header().expect("a header");
    for light in [200, 100, 40] {
        writer.write_image_data(&[light; (SIDE * SIDE) as usize]).expect("a frame");
    }
    writer.finish().expect("an end");
    bytes
}

/// How long each frame is shown, and its pixels.
fn frames(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).expect("a WebP");
    assert!(decoder.is_animated());
    let mut frames = vec![];
    for _ in 0..decoder.num_frames() {
        let mut pixels = vec![0; decoder.output_buffer_size().expect("a size")];
        let duration_ms = decoder.read_frame(&mut pixels).expect("a frame");
        let channels = if decoder.has_alpha() { 4 } else { 3 };
        let rgba = pixels.chunks_exact(channels).flat_map(|p| [p[0], p[1], p[2], p.get(3).copied().unwrap_or(255)]);
        frames.push((duration_ms, rgba.collect()));
    }
    frames
}
