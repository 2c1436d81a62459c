//! What is kept of a recognised page beside its text: where its words are, how sure the engine was, and a PDF in which they are found.

use crate::ocr::{job_completes, ocr_job, text};
use serde_json::Value;
use system_tests::{Name, Suite, samples};

#[tokio::test]
async fn a_recognised_scan_knows_where_its_words_are_and_becomes_a_pdf_with_them() {
    let suite = Suite::of(&[Name::Processor]).set(Name::Processor, "ENABLE_OCR", "true").start().await;
    let processor = suite.processor();
    let uploaded = processor.upload("scan.pdf", &samples::sample("pdf/scan-25-pages.pdf")).await;
    job_completes(&processor, ocr_job(&suite, 0).await).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    let read = text(&processor, hash, "extracted-text.txt").await;

    let index: Value = serde_json::from_str(&text(&processor, hash, "pages.json").await).unwrap();
    assert!(index[0]["confidence"].as_i64().is_some_and(|sure| sure > 80), "{index}");
    let (status, page) = processor.get(&format!("/cache/{hash}/pages/1/words")).await;
    assert_eq!((status.as_u16(), &page["engine"]), (200, &"tesseract".into()), "{page}");
    let words: Vec<&str> =
        page["words"].as_array().unwrap().iter().map(|word| word["text"].as_str().unwrap()).collect();
    let first_page = read.split('\u{c}').next().unwrap();
    assert_eq!(words, first_page.split_whitespace().collect::<Vec<_>>());
    let side = |name: &str| page[name].as_f64().unwrap();
    assert!((side("width") / side("widthPoints") - 200.0 / 72.0).abs() < 0.01, "{page}");

    // What has its text as a layer is a file with text of its own, and that text is the same.
    let exported = processor.bytes(&format!("/cache/{hash}/export?format=pdf")).await.unwrap();
    let again = processor.upload("searchable.pdf", &exported).await;
    let job = again["jobIds"][0].as_str().unwrap();
    assert_eq!(processor.job_ends(job).await["status"], "completed");
    let hash = again["contentHash"].as_str().unwrap();
    let layer = text(&processor, hash, "extracted-text.txt").await;
    assert_eq!(layer.split_whitespace().collect::<Vec<_>>(), read.split_whitespace().collect::<Vec<_>>());
    let (_, content) = processor.get(&format!("/cache/{hash}/metadata")).await;
    assert_eq!(content["facts"]["pagesWithoutText"], Value::Null, "nothing is left to recognise: {content}");
}

#[tokio::test]
async fn auto_reads_with_tesseract_alone_where_there_are_no_models() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Suite::of(&[Name::Processor]).set(Name::Processor, "ENABLE_OCR", "true");
    let builder = builder.set(Name::Processor, "OCR_ENGINE", "auto").set(Name::Processor, "OCR_AUTO_BELOW", "100");
    let suite = builder.set(Name::Processor, "OCR_MODELS", &folder.path().display().to_string()).start().await;
    let processor = suite.processor();
    let (_, health) = processor.get("/health").await;
    let said = &health["checks"]["ocr"];
    assert_eq!((&said["status"], &said["engine"]), (&"healthy".into(), &"auto".into()), "{said}");
    assert!(said["message"].as_str().is_some_and(|message| message.contains("Tesseract alone")), "{said}");
    let uploaded = processor.upload("side.png", &samples::sample("image/text-on-its-side.png")).await;
    job_completes(&processor, ocr_job(&suite, 0).await).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    let (_, page) = processor.get(&format!("/cache/{hash}/pages/1/words")).await;
    assert_eq!(page["engine"], "tesseract", "{page}");
    let word = &page["words"][0];
    assert!(word["angle"].as_i64().is_some_and(|angle| angle == 90 || angle == 270), "its lines stand: {word}");
    let (_, content) = processor.get(&format!("/cache/{hash}/metadata")).await;
    assert_eq!(content["facts"]["ocr"]["engine"], "auto", "{content}");
}
