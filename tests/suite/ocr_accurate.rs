//! `OCR_ENGINE=accurate` through the whole suite. `make test` fetches its models where it can and names their folder in
//! OCR_MODELS; without them the tests that need them say so.

use crate::ocr::{job_completes, ocr_job, text};
use serde_json::Value;
use std::path::{Path, PathBuf};
use system_tests::{Builder, Name, Processor, Suite, samples};

const FILES: [&str; 2] = ["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"];

fn suite(models: &Path) -> Builder {
    let builder = Suite::of(&[Name::Processor]).set(Name::Processor, "ENABLE_OCR", "true");
    let builder = builder.set(Name::Processor, "OCR_ENGINE", "accurate");
    builder.set(Name::Processor, "OCR_MODELS", &models.display().to_string())
}

/// The folder of the models, where they were fetched.
fn models() -> Option<PathBuf> {
    let folder = std::env::var_os("OCR_MODELS").map(PathBuf::from);
    let folder = folder.filter(|folder| FILES.iter().all(|name| folder.join(name).is_file()));
    if folder.is_none() {
        eprintln!("left out: there are no models of OCR_ENGINE=accurate; `make ocr-models` fetches them");
    }
    folder
}

async fn ocr_health(processor: &Processor) -> Value {
    let (_, health) = processor.get("/health").await;
    health["checks"]["ocr"].clone()
}

#[tokio::test]
async fn models_that_are_missing_or_damaged_are_named_and_nobody_else_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut suite = suite(folder.path()).start().await;
    let said = ocr_health(&suite.processor()).await;
    assert_eq!((&said["status"], &said["engine"]), (&"degraded".into(), &"accurate".into()), "{said}");
    let message = said["message"].as_str().unwrap_or_default();
    assert!(message.contains(FILES[0]) && message.contains("No such file"), "{message}");
    assert!(message.contains("make ocr-models"), "{message}");

    let uploaded = suite.processor().upload("side.png", &samples::sample("image/text-on-its-side.png")).await;
    let ingest = uploaded["jobIds"][0].as_str().unwrap();
    assert_eq!(suite.processor().job_ends(ingest).await["status"], "completed");
    let waits = ocr_job(&suite, 0).await;

    suite.stop(Name::Processor).await;
    for name in FILES {
        std::fs::write(folder.path().join(name), "half of a mod").unwrap();
    }
    suite.start_service(Name::Processor).await;
    let said = ocr_health(&suite.processor()).await;
    let message = said["message"].as_str().unwrap_or_default();
    assert!(message.contains(FILES[0]) && message.contains("SHA-256"), "{said}");
    let (_, job) = suite.processor().get(&format!("/api/job/{waits}")).await;
    assert!(matches!(job["status"].as_str(), Some("pending" | "processing")), "{job}");
    assert_eq!(suite.count("select count(*) from ocr_pages").await, 0, "Tesseract is here, and was not asked");
}

#[tokio::test]
async fn a_language_the_models_have_no_letters_of_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let suite = suite(folder.path()).set(Name::Processor, "OCR_LANGUAGES", "eng+kor").start().await;
    let said = ocr_health(&suite.processor()).await;
    assert!(said["message"].as_str().is_some_and(|message| message.contains("cannot read kor")), "{said}");
}

/// Picture, and what is read of it, with spaces for line ends.
const PICTURES: [(&str, &str); 4] = [
    // It says more, between spots that nobody can tell from dots and commas.
    ("text-noisy.jpg", "Invoice 4711 of March 9, 2026: 12 boxes"),
    ("text-on-its-side.png", "laid on its side"),
    ("text-on-its-head.png", "This note was scanned upside down and nobody noticed until today."),
    (
        "text-columns.png",
        "Two Short Columns The left column is read from its top to its end before anything of the right one, however well \
         the lines of both are aligned. Only then the right column has its turn, and it too is read down to its end, where \
         this page has a last line across both of them. Apples 12 3.40 Pears 7 2.10 Plums 30 5.00 A last line that goes \
         from one side of the page to the other.",
    ),
];

#[tokio::test]
async fn noise_columns_and_pages_that_lie_wrong_are_read_and_kept_by_engine() {
    let Some(models) = models() else { return };
    let suite = suite(&models).start().await;
    let said = ocr_health(&suite.processor()).await;
    assert_eq!((&said["status"], &said["engine"]), (&"healthy".into(), &"accurate".into()), "{said}");
    let processor = suite.processor();
    let mut last = 0;
    for (name, expected) in PICTURES {
        let uploaded = processor.upload(name, &samples::sample(&format!("image/{name}"))).await;
        last = ocr_job(&suite, last).await;
        let job = job_completes(&processor, last).await;
        assert!(job["result"]["confidence"].as_i64().is_some_and(|sure| sure > 90), "{name}: {job}");
        let hash = uploaded["contentHash"].as_str().unwrap();
        let read = text(&processor, hash, "extracted-text.txt").await;
        assert!(read.split_whitespace().collect::<Vec<_>>().join(" ").contains(expected), "{name}: {read}");
        let (_, content) = processor.get(&format!("/cache/{hash}/metadata")).await;
        assert_eq!(content["facts"]["ocr"]["engine"], "accurate", "{content}");
    }
    assert_eq!(kept(&suite).await, ["accurate", "accurate", "accurate", "accurate"]);
}

/// Tesseract is never as sure as that, so that the models read every page too; where they are surer, theirs is kept.
#[tokio::test]
async fn auto_keeps_the_surer_of_two_readings() {
    let Some(models) = models() else { return };
    let builder = suite(&models).set(Name::Processor, "OCR_ENGINE", "auto");
    let suite = builder.set(Name::Processor, "OCR_AUTO_BELOW", "100").start().await;
    let processor = suite.processor();
    let uploaded = processor.upload("noisy.jpg", &samples::sample("image/text-noisy.jpg")).await;
    job_completes(&processor, ocr_job(&suite, 0).await).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    let (_, page) = processor.get(&format!("/cache/{hash}/pages/1/words")).await;
    assert_eq!(page["engine"], "accurate", "{page}");
    let read = text(&processor, hash, "extracted-text.txt").await;
    assert!(read.split_whitespace().collect::<Vec<_>>().join(" ").contains(PICTURES[0].1), "{read}");
}

/// Who read the pages that are kept.
async fn kept(suite: &Suite) -> Vec<String> {
    let sql = "select engine from ocr_pages where failure is null order by created_at";
    sqlx::query_scalar(sql).fetch_all(suite.pool()).await.unwrap()
}
