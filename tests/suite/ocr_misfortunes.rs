//! Text recognition when a page brings the recogniser down, and when a document keeps it busy. The recogniser is a stand-in that
//! does as the page's width tells it.

use crate::ocr::{job_completes, ocr_job, text};
use system_tests::{Builder, Name, Suite, binary, eventually, samples};
use tempfile::TempDir;

/// Widths of pages, in points: at 200 dots per inch these are the pixels the stand-in knows.
const FINE: u32 = 72;
const CRASHES: u32 = 90;
const SLOW: u32 = 108;

/// A processor whose only Tesseract is the stand-in, and the folder that is in.
fn suite() -> (Builder, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(binary("doctored-tesseract"), folder.path().join("tesseract")).unwrap();
    let builder = Suite::of(&[Name::Processor]).set(Name::Processor, "ENABLE_OCR", "true");
    (builder.set(Name::Processor, "PATH", &folder.path().display().to_string()), folder)
}

#[tokio::test]
async fn a_page_that_kills_the_recogniser_costs_itself_and_is_named() {
    let (builder, _folder) = suite();
    let suite = builder.start().await;
    let processor = suite.processor();
    let uploaded = processor.upload("scan.pdf", &samples::scan(&[FINE, CRASHES, FINE])).await;
    let job = job_completes(&processor, ocr_job(&suite, 0).await).await;
    assert_eq!((&job["result"]["pages"], &job["result"]["outcome"]), (&2.into(), &"partial".into()), "{job}");
    assert_eq!(job["attempts"], 1, "the page was tried twice, the document once: {job}");
    let hash = uploaded["contentHash"].as_str().unwrap();
    assert_eq!(text(&processor, hash, "extracted-text.txt").await, "fine\n\u{c}\u{c}fine\n");
    let (_, content) = processor.get(&format!("/cache/{hash}/metadata")).await;
    assert_eq!(content["status"], "completed", "{content}");
    let warnings = content["warnings"].as_array().unwrap();
    let said = warnings.iter().find(|warning| warning["code"] == "ocr-failed").unwrap_or_else(|| panic!("{content}"));
    assert!(said["message"].as_str().unwrap().starts_with("The text on page 2 could not be recognised:"), "{said}");
}

/// With one slot, and a document that would keep it for half a minute.
#[tokio::test]
async fn a_long_scan_lets_one_page_pass() {
    const PAGES: usize = 90;
    let (builder, _folder) = suite();
    let suite = builder.start().await;
    let processor = suite.processor();
    processor.upload("long.pdf", &samples::scan(&[SLOW; PAGES])).await;
    let long = ocr_job(&suite, 0).await;
    let uploaded = processor.upload("short.pdf", &samples::scan(&[FINE])).await;
    let short = job_completes(&processor, ocr_job(&suite, long).await).await;
    let read = suite.count("select count(*) from ocr_pages").await - 1;
    assert!(read < PAGES as i64, "one page waited for all {PAGES}: {short}");
    let hash = uploaded["contentHash"].as_str().unwrap();
    assert_eq!(text(&processor, hash, "extracted-text.txt").await, "fine\n");
    let (_, job) = processor.get(&format!("/api/job/{long}")).await;
    assert_ne!(job["status"], "completed", "{job}");
    // Between two pages it waits, and is in no attempt at all.
    let job = eventually("the long scan's next page", async || {
        let (_, job) = processor.get(&format!("/api/job/{long}")).await;
        (job["status"] == "processing").then_some(job)
    });
    let job = job.await;
    assert_eq!(job["attempts"], 1, "letting somebody pass is no attempt: {job}");
}
