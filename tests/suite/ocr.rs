//! Text recognition through the whole suite, with the real Tesseract: `make test` installs it.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use system_tests::{Name, Processor, Suite, eventually, samples};

const PAGES: i64 = 25;

async fn suite() -> Suite {
    Suite::of(&[Name::Processor]).set(Name::Processor, "ENABLE_OCR", "true").start().await
}

async fn pages_read(suite: &Suite) -> i64 {
    suite.count("select count(*) from ocr_pages").await
}

/// When each page was read, by its number.
async fn when_read(suite: &Suite) -> Vec<(i32, String)> {
    let sql = "select page, created_at::text from ocr_pages order by page";
    sqlx::query_as(sql).fetch_all(suite.pool()).await.unwrap()
}

/// The newest job of text recognition, once there is one.
pub async fn ocr_job(suite: &Suite, after: i64) -> i64 {
    eventually("a job of text recognition", async || {
        let sql = "select id from queue.jobs where kind = 'ocr-process' and id > $1 order by id desc limit 1";
        sqlx::query_scalar(sql).bind(after).fetch_optional(suite.pool()).await.unwrap()
    })
    .await
}

pub async fn job_completes(processor: &Processor, id: i64) -> Value {
    let job = processor.job_ends(&id.to_string()).await;
    assert_eq!(job["status"], "completed", "{job}");
    job
}

pub async fn text(processor: &Processor, hash: &str, name: &str) -> String {
    let bytes = processor.bytes(&format!("/cache/{hash}/{name}")).await.unwrap_or_else(|| panic!("there is no {name}"));
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_scan_killed_in_the_middle_goes_on_there_and_no_page_is_read_twice() {
    let mut suite = suite().await;
    let processor = suite.processor();
    let form = Form::new()
        .text("pageId", "the-scan")
        .part("file", Part::bytes(samples::sample("pdf/scan-25-pages.pdf")).file_name("scan.pdf"));
    let request = processor.request(Method::POST, "/api/upload/single").multipart(form);
    let uploaded: Value = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    let hash = uploaded["contentHash"].as_str().unwrap();
    let id = ocr_job(&suite, 0).await;

    let progress = eventually("progress on the job", async || {
        let (_, job) = processor.get(&format!("/api/job/{id}")).await;
        assert_ne!(job["status"], "failed", "{job}");
        job["progress"]["percent"].as_i64().filter(|percent| *percent > 8).map(|_| job["progress"].clone())
    })
    .await;
    assert_eq!(progress["stage"], "page", "{progress}");
    suite.kill(Name::Processor).await;
    let before = when_read(&suite).await;
    assert!((2..PAGES).contains(&(before.len() as i64)), "{} pages were read before the kill", before.len());

    suite.start_service(Name::Processor).await;
    let job = job_completes(&processor, id).await;
    assert_eq!((job["attempts"].as_i64(), &job["result"]["pages"]), (Some(2), &PAGES.into()), "{job}");
    // More than before the kill, when its turn was over once in between.
    let read_before = job["result"]["readBefore"].as_i64().unwrap();
    assert!((before.len() as i64..PAGES).contains(&read_before), "{job}");
    let after = when_read(&suite).await;
    assert_eq!(after.len() as i64, PAGES);
    assert_eq!(after[..before.len()], before[..]);

    let plain = text(&processor, hash, "extracted-text.txt").await;
    let pages: Vec<&str> = plain.split('\u{c}').collect();
    assert_eq!(pages.len() as i64, PAGES);
    let markdown = text(&processor, hash, "text.md").await;
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains(&format!("page {number} of a small scan")), "page {number}: {page}");
        assert!(markdown.contains(&format!("<!-- page: {number} -->\n\nThis is page {number} ")), "{markdown}");
    }
    let index: Value = serde_json::from_str(&text(&processor, hash, "pages.json").await).unwrap();
    assert_eq!(index[24]["end"].as_u64(), Some(plain.chars().count() as u64));
    assert_eq!(text(&processor, hash, "ocr-text.txt").await, plain);
    let (_, content) = processor.get(&format!("/cache/{hash}/metadata")).await;
    assert_eq!(
        (&content["status"], &content["facts"]["ocr"]["pages"]),
        (&"completed".into(), &PAGES.into()),
        "{content}"
    );

    // Read anew by somebody's wish: the recognised pages are there already.
    let again = processor.request(Method::POST, "/api/ingest/by-page/the-scan").send().await.unwrap();
    assert!(again.status().is_success());
    let job = job_completes(&processor, ocr_job(&suite, id).await).await;
    assert_eq!(job["result"]["readBefore"].as_i64(), Some(PAGES), "{job}");
    assert_eq!(when_read(&suite).await, after);
    assert_eq!(text(&processor, hash, "extracted-text.txt").await, plain);
}

#[tokio::test]
async fn a_picture_on_its_side_is_read_and_one_without_text_stays_a_picture() {
    let suite = suite().await;
    let processor = suite.processor();
    let uploaded = processor.upload("side.png", &samples::sample("image/text-on-its-side.png")).await;
    let letter = ocr_job(&suite, 0).await;
    job_completes(&processor, letter).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    let read = text(&processor, hash, "extracted-text.txt").await;
    assert!(read.contains("laid on its side"), "{read}");

    let uploaded = processor.upload("gradient.png", &samples::png(900, 600, 3)).await;
    let job = job_completes(&processor, ocr_job(&suite, letter).await).await;
    assert_eq!(job["result"]["pages"], 0, "{job}");
    let hash = uploaded["contentHash"].as_str().unwrap();
    let (_, content) = processor.get(&format!("/cache/{hash}/metadata")).await;
    assert_eq!(content["status"], "visual", "{content}");
    assert_eq!(processor.bytes(&format!("/cache/{hash}/extracted-text.txt")).await, None);
    assert_eq!(pages_read(&suite).await, 2);
}

#[tokio::test]
async fn a_language_that_is_missing_is_said_and_stops_nothing_else() {
    let builder = Suite::of(&[Name::Processor]).set(Name::Processor, "ENABLE_OCR", "true");
    let suite = builder.set(Name::Processor, "OCR_LANGUAGES", "eng+tlh").start().await;
    let processor = suite.processor();
    let (_, health) = processor.get("/health").await;
    assert_eq!(health["status"], "degraded", "{health}");
    let said = health["checks"]["ocr"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("tlh") && said.contains("OCR_LANGUAGES"), "{health}");
    let uploaded = processor.upload("side.png", &samples::sample("image/text-on-its-side.png")).await;
    let ingest = uploaded["jobIds"][0].as_str().unwrap();
    assert_eq!(processor.job_ends(ingest).await["status"], "completed");
    // What is to be recognised waits for somebody to put it right.
    let (_, job) = processor.get(&format!("/api/job/{}", ocr_job(&suite, 0).await)).await;
    assert!(matches!(job["status"].as_str(), Some("pending" | "processing")), "{job}");
}

/// The worker refused to start, and with it went clean-up and retention; the pages were read by nobody.
#[tokio::test]
async fn an_outside_service_that_is_not_named_degrades_the_worker_and_pages_are_read_here() {
    let suite = Suite::of(&[Name::Processor, Name::Worker]).set_all("ENABLE_EXTERNAL_OCR", "true").start().await;
    let health: Value =
        reqwest::get(format!("{}/health", suite.url(Name::Worker))).await.unwrap().json().await.unwrap();
    assert_eq!(
        (&health["status"], &health["checks"]["ocr"]["status"]),
        (&"degraded".into(), &"degraded".into()),
        "{health}"
    );
    let said = health["checks"]["ocr"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("OCR_API_MODEL") && said.contains("read here"), "{health}");

    let processor = suite.processor();
    let uploaded = processor.upload("side.png", &samples::sample("image/text-on-its-side.png")).await;
    job_completes(&processor, ocr_job(&suite, 0).await).await;
    let read = text(&processor, uploaded["contentHash"].as_str().unwrap(), "extracted-text.txt").await;
    assert!(read.contains("laid on its side"), "{read}");
    let asked_outside = "select count(*) from queue.jobs where kind = 'ocr-external'";
    assert_eq!(suite.count(asked_outside).await, 0);
}
