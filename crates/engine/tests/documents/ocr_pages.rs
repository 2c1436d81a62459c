//! Pages drawn for text recognition: grey PGM, upright, within their limit.

use crate::support::sample;
use model::{Limits, Outcome, PAGE_PGM, PageFormat, Reason, Report, Request, Task};
use std::io::Cursor;

/// A drawn page: width, height and its grey pixels.
struct Drawn {
    size: (u32, u32),
    pixels: Vec<u8>,
}

fn draw_within(bytes: &[u8], page: u32, dpi: u32, limits: Limits) -> Result<Drawn, Box<Report>> {
    let request = Request { task: Task::RenderPage { page, dpi, format: PageFormat::Pgm }, extension: None, limits };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    if report.outcome != Outcome::Ok {
        return Err(Box::new(report));
    }
    let [part] = &report.artifacts[..] else { panic!("{report:?}") };
    assert_eq!((part.name.as_str(), part.mime.as_str()), (PAGE_PGM, "image/x-portable-graymap"));
    let (Some(width), Some(height)) = (part.width, part.height) else { panic!("{part:?}") };
    let size = (width, height);
    let pixels = output.strip_prefix(format!("P5\n{} {}\n255\n", size.0, size.1).as_bytes()).expect("a PGM's head");
    assert_eq!(pixels.len() as u32, size.0 * size.1);
    Ok(Drawn { size, pixels: pixels.to_vec() })
}

fn draw(file: &str, page: u32) -> Drawn {
    draw_within(&sample(file), page, 72, Limits::default()).unwrap_or_else(|report| panic!("{file}: {report:?}"))
}

fn refusal(file: &str, page: u32) -> Option<Reason> {
    match draw_within(&sample(file), page, 72, Limits::default()) {
        Err(report) => match report.outcome {
            Outcome::Rejected { reason, .. } => Some(reason),
            other => panic!("{file}: {other:?}"),
        },
        Ok(_) => None,
    }
}

#[test]
fn a_pdfs_page_is_drawn_in_black_on_white() {
    let page = draw("pdf/three-pages.pdf", 1);
    let share = |dark: bool| page.pixels.iter().filter(|&&pixel| (pixel < 128) == dark).count() as f64;
    assert!(share(true) > 100.0, "letters are there");
    assert!(share(false) / page.pixels.len() as f64 > 0.9, "and mostly paper");
    let double = draw_within(&sample("pdf/three-pages.pdf"), 1, 144, Limits::default()).ok().unwrap();
    assert!(double.size.0.abs_diff(2 * page.size.0) <= 1 && double.size.1.abs_diff(2 * page.size.1) <= 1);
}

#[test]
fn a_scans_page_shows_its_picture() {
    let page = draw("pdf/scan.pdf", 1);
    assert!(page.pixels.iter().any(|&pixel| pixel < 200), "not just white paper");
}

#[test]
fn a_small_picture_is_turned_upright_and_made_twice_as_large() {
    for file in ["image/corners.png", "image/oriented-6.jpg", "image/corners.svg", "image/cmyk.tif", "image/alpha.png"]
    {
        assert_eq!(draw(file, 1).size, (96, 64), "{file}");
    }
    let page = draw("image/oriented-6.jpg", 1);
    let at = |x: usize, y: usize| page.pixels[y * 96 + x];
    // Red and green above blue and white, as bright as they look.
    assert!(at(24, 16).abs_diff(89) < 20 && at(72, 16).abs_diff(130) < 20, "{} {}", at(24, 16), at(72, 16));
    assert!(at(24, 48).abs_diff(73) < 20 && at(72, 48) > 220, "{} {}", at(24, 48), at(72, 48));
}

/// `Limits::page_pixels`.
#[test]
fn a_page_is_drawn_no_larger_than_its_limit() {
    let limits = Limits { page_pixels: 5_000, ..Limits::default() };
    for (file, dpi) in [("pdf/three-pages.pdf", 300), ("pdf/scan.pdf", 300), ("image/corners.png", 72)] {
        let page = draw_within(&sample(file), 1, dpi, limits.clone()).unwrap_or_else(|report| panic!("{report:?}"));
        assert!((4_000..=5_000).contains(&page.pixels.len()), "{file}: {:?}", page.size);
    }
}

#[test]
fn what_has_no_such_page_is_refused() {
    assert_eq!(refusal("pdf/three-pages.pdf", 4), Some(Reason::NoSuchPage));
    assert_eq!(refusal("pdf/three-pages.pdf", 0), Some(Reason::NoSuchPage));
    assert_eq!(refusal("image/corners.png", 2), Some(Reason::NoSuchPage));
    assert_eq!(refusal("text/hello.txt", 1), Some(Reason::Unsupported));
    assert_eq!(refusal("pdf/encrypted-secret.pdf", 1), Some(Reason::Encrypted));
}
