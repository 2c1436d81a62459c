//! Jobs of text recognition that were made for other settings than those of now. What a job was made for stood in its payload and
//! its key, and nobody read it: it was done with whatever the settings had become.

use crate::app::TestApp;
use db::ocr::Run;
use jobs::kinds::ocr_process;
use model::{ContentHash, OcrEngine, OcrLanguages, Outcome};
use processor::Config;
use queue::{JobId, JobRecord, Runner, Status};
use serde_json::json;
use service::Settings;
use sqlx::PgPool;
use std::time::Duration;

/// A processor with these settings, and a content of it that was read already.
async fn app_with(pool: PgPool, settings: &[(&str, &str)]) -> (TestApp, ContentHash) {
    let settings = settings.iter().fold(Settings::from_env(), |all, (name, value)| all.with(name, value));
    let settings =
        settings.with("DATABASE_URL", "postgres://the-test-has-its-own-pool/").with("PROCESSOR_TOKEN", "unused");
    let ocr = Config::read(&settings).unwrap().ocr;
    let app = TestApp::with(pool, |config| config.ocr = ocr).await;
    let hash = app.upload("note.txt", b"hello").await;
    app.settle(&hash, Outcome::Ok).await;
    (app, hash)
}

/// A job that was made for this engine and language, as it ended.
async fn recognition(app: &TestApp, hash: &ContentHash, engine: OcrEngine, language: &str) -> JobRecord {
    let languages: OcrLanguages = language.parse().unwrap();
    let run = Run { hash, engine, languages: &languages };
    let mut conn = app.pool.acquire().await.unwrap();
    let id = queue::enqueue(&mut conn, &ocr_process::new_job(run, Some("drive:a"))).await.unwrap().id;
    let builder = Runner::builder(app.state.context.queue.clone());
    let runner = jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start();
    let ended = loop {
        let job = find(app, id).await;
        if !matches!(job.status, Status::Pending | Status::Processing) {
            break job;
        }
        tokio::task::yield_now().await;
    };
    runner.stop(Duration::from_secs(5)).await;
    ended
}

async fn find(app: &TestApp, id: JobId) -> JobRecord {
    queue::find(&mut app.pool.acquire().await.unwrap(), id).await.unwrap().unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_made_for_other_settings_hands_its_content_on_to_one_for_those_of_now(pool: PgPool) {
    let (app, hash) = app_with(pool, &[("ENABLE_OCR", "true"), ("OCR_ENGINE", "tesseract")]).await;
    for (engine, language) in [(OcrEngine::Accurate, "eng"), (OcrEngine::Tesseract, "deu")] {
        let old = recognition(&app, &hash, engine, language).await;
        let next = old.result.unwrap()["replannedAs"].as_str().unwrap().parse().unwrap();
        let new = find(&app, next).await;
        assert_eq!((old.status, old.code), (Status::Completed, None));
        assert_eq!(new.unique_key, Some(format!("ocr:{hash}:tesseract:eng")));
        assert_eq!(new.payload, json!({"contentHash": hash, "engine": "tesseract", "languages": "eng"}));
        assert_eq!(new.gate.as_deref(), Some("ocr:drive:a"), "it waits in the line of the same drive");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_of_this_engine_and_languages_is_done_as_it_is(pool: PgPool) {
    let (app, hash) = app_with(pool, &[("ENABLE_OCR", "true"), ("OCR_ENGINE", "tesseract")]).await;
    let job = recognition(&app, &hash, OcrEngine::Tesseract, "eng").await;
    assert_eq!(job.code.as_deref(), Some("nothing-to-recognise"), "a text has no page that is a picture");
}

/// It ended well, without a text.
#[sqlx::test(migrations = "../../migrations")]
async fn a_job_of_an_engine_that_is_gone_says_so(pool: PgPool) {
    let (app, hash) = app_with(pool, &[("ENABLE_EXTERNAL_OCR", "true"), ("OCR_API_MODEL", "sees-well")]).await;
    let job = recognition(&app, &hash, OcrEngine::Tesseract, "eng").await;
    assert_eq!((job.status, job.code.as_deref()), (Status::Failed, Some("ocr-engine-gone")));
    assert!(job.error.as_deref().unwrap().contains("tesseract"), "{:?}", job.error);
}
