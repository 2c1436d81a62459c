//! Scans of several pages in one picture: each is a page, as in a PDF.

use crate::kinds::file;
use crate::support::{attempt, exact};
use model::{Limits, Outcome, PAGE_PGM, PageFormat, Reason, Report, Request, Task};
use std::io::Cursor;

/// Width and height of a page as it is drawn for recognition, or why it is not. Small ones are drawn twice as large.
fn draw(page: u32, limits: &Limits) -> Result<(u32, u32), Box<Report>> {
    let task = Task::RenderPage { page, dpi: 300, format: PageFormat::Pgm };
    let request = Request { task, extension: None, limits: limits.clone() };
    let report = engine::run(&request, &mut Cursor::new(file("pages.tif")), &mut vec![], &|_| ());
    match &report.artifacts[..] {
        [part] if report.outcome == Outcome::Ok && part.name == PAGE_PGM => {
            Ok((part.width.expect("a width"), part.height.expect("a height")))
        }
        _ => Err(Box::new(report)),
    }
}

/// Only the first was seen, and its text alone was recognised. A small copy that lies between them is no page.
#[test]
fn every_page_of_a_scan_is_drawn_and_waits_for_its_text() {
    let made = attempt(&file("pages.tif"), &["exact"], &Limits::default());
    assert_eq!(made.report.facts.pages, Some(3));
    assert_eq!(made.report.facts.pages_without_text, [1, 2, 3]);
    assert_eq!((made.report.facts.width, made.report.facts.height), (Some(48), Some(32)));
    let drawn: Vec<_> = (1..=3).map(|page| draw(page, &Limits::default()).expect("a page")).collect();
    assert_eq!(drawn, [(96, 64), (96, 64), (96, 32)]);
}

#[test]
fn a_page_that_is_not_there_is_refused() {
    for page in [0, 4, u32::MAX] {
        let report = draw(page, &Limits::default()).expect_err("there is no such page");
        let is_told =
            matches!(&report.outcome, Outcome::Rejected { reason: Reason::NoSuchPage, detail } if !detail.is_empty());
        assert!(is_told, "{page}: {:?}", report.outcome);
    }
}

/// `Limits::pdf_pages` and `Limits::image_pixels`.
#[test]
fn pages_beyond_the_limits_are_not_read_and_it_is_said() {
    let limits = Limits { pdf_pages: 2, ..Limits::default() };
    let made = attempt(&file("pages.tif"), &["exact"], &limits);
    assert_eq!(made.report.outcome, Outcome::Partial);
    assert_eq!(made.report.warnings[0].code, "pages-cut");
    assert_eq!((made.report.facts.pages, &made.report.facts.pages_without_text[..]), (Some(3), &[1, 2][..]));
    assert!(draw(2, &limits).is_ok());
    assert!(draw(3, &limits).is_err());

    let limits = Limits { image_pixels: 1_000, ..Limits::default() };
    let report = draw(2, &limits).expect_err("it has more pixels");
    assert!(matches!(report.outcome, Outcome::Rejected { reason: Reason::TooManyPixels, .. }), "{:?}", report.outcome);
}

/// A picture of one page says nothing of pages.
#[test]
fn a_picture_of_one_page_has_no_count_of_pages() {
    let made = attempt(&file("planes.tif"), &["exact"], &Limits::default());
    assert_eq!((made.report.facts.pages, made.report.facts.pages_without_text.len()), (None, 0));
    assert_eq!(exact(&file("planes.tif")).width, 48);
}
