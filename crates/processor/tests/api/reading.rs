//! The whole way once, with the real runner and a real confined reader: this binary's own child.

use crate::app::TestApp;
use db::ocr::{Page, Run};
use model::{OcrEngine, OcrLanguages};
use processor::Config;
use queue::{Done, Job, Runner};
use serde_json::json;
use service::Settings;
use sqlx::PgPool;
use std::time::{Duration, Instant};

#[sqlx::test(migrations = "../../migrations")]
async fn an_uploaded_text_can_be_read_back_as_text(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let builder = Runner::builder(app.state.context.queue.clone());
    let runner = jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start();
    let hash = app.upload("note.txt", "Grüße aus Köln\n".as_bytes()).await;
    let began = Instant::now();
    let status = loop {
        let body = app.get(&format!("/cache/{hash}/metadata")).await.ok();
        match body["status"].as_str().unwrap() {
            "pending" | "processing" => assert!(began.elapsed() < Duration::from_secs(60), "{body}"),
            status => break status.to_owned(),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(status, "completed");
    let text = app.get(&format!("/cache/{hash}/extracted-text.txt")).await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(text.text().trim_end(), "Grüße aus Köln");
    assert_eq!(app.get("/health").await.ok()["checks"]["sandbox"]["layers"]["seccomp"], true);
    runner.stop(Duration::from_secs(5)).await;
}

/// A picture goes to the outside service; what that has read is the file's text, though nobody recognises text here.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_read_outside_becomes_the_text(pool: PgPool) {
    let outside = Settings::from_env()
        .with("DATABASE_URL", "postgres://the-test-has-its-own-pool/")
        .with("PROCESSOR_TOKEN", "unused")
        .with("ENABLE_EXTERNAL_OCR", "true")
        .with("OCR_API_MODEL", "sees-well");
    let ocr = Config::read(&outside).unwrap().ocr;
    let app = TestApp::with(pool.clone(), |config| config.ocr = ocr).await;
    let (queue, languages) = (app.state.context.queue.clone(), OcrLanguages::default());
    // In the worker's place.
    let worker = move |job: Job| {
        let (pool, languages) = (pool.clone(), languages.clone());
        async move {
            let hash = job.payload["contentHash"].as_str().unwrap().parse().unwrap();
            let run = Run { hash: &hash, engine: OcrEngine::External, languages: &languages };
            let page = Page { page: 1, text: "Stop: school bus".into(), confidence: None, failure: None };
            let mut tx = pool.begin().await?;
            db::ocr::insert(&mut tx, run, &page).await?;
            queue::enqueue(&mut tx, &jobs::kinds::ocr_process::new_job(run, None)).await?;
            job.finish_on(&mut tx, json!({})).await?;
            tx.commit().await?;
            Ok(Done::FinishedInTransaction)
        }
    };
    let builder = Runner::builder(queue.clone()).kind("ocr-external", 1, worker);
    let runner = jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/samples/image/gray.png");
    let hash = app.upload("photo.png", &std::fs::read(path).unwrap()).await;
    let began = Instant::now();
    let body = loop {
        let body = app.get(&format!("/cache/{hash}/metadata")).await.ok();
        if body["status"] == "completed" {
            break body;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{body}");
        queue.wake();
        tokio::task::yield_now().await;
    };
    assert_eq!((&body["facts"]["ocr"]["engine"], &body["facts"]["ocr"]["pages"]), (&json!("external"), &json!(1)));
    assert!(app.get(&format!("/cache/{hash}/extracted-text.txt")).await.text().contains("Stop: school bus"));
    assert_eq!(app.get("/health").await.ok()["checks"]["ocr"]["engine"], "external");
    runner.stop(Duration::from_secs(5)).await;
}
