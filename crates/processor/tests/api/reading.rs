//! The whole way once, with the real runner and a real confined reader: this binary's own child.

use crate::app::{Form, TestApp};
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

/// What the decoder said of a broken file is for the log: whoever asks for the file or its job is told a sentence of ours.
#[sqlx::test(migrations = "../../migrations")]
async fn what_a_decoder_said_is_not_shown(pool: PgPool) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/samples/image/16bit.png");
    let mut bytes = std::fs::read(path).unwrap();
    // Within the first chunk.
    bytes.truncate(20);
    let task = model::Task::Ingest { presets: vec!["thumbnail".into()] };
    let request = model::Request { task, extension: None, limits: model::Limits::default() };
    let report = engine::run(&request, &mut std::io::Cursor::new(&bytes), &mut Vec::new(), &|_| ());
    let said = report.cause.expect("the decoder said why");

    let app = TestApp::new(pool).await;
    let builder = Runner::builder(app.state.context.queue.clone());
    let runner = jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start();
    let answer = app.post_form("/api/upload/single", Form::new().file("file", "broken.png", &bytes)).await.ok();
    let (hash, job) = (answer["contentHash"].as_str().unwrap(), answer["jobIds"][0].as_str().unwrap());
    let began = Instant::now();
    let content = loop {
        let body = app.get(&format!("/cache/{hash}/metadata")).await.ok();
        if body["status"] == "failed" {
            break body;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{body}");
        tokio::task::yield_now().await;
    };
    let job = app.get(&format!("/api/job/{job}")).await.ok();
    for shown in [content, job] {
        let shown = shown.to_string();
        assert!(!shown.contains(&said) && !shown.contains("cause"), "{said:?} is in {shown}");
    }
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
            db::ocr::insert(&mut tx, run, &page, None).await?;
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
