//! Pictures by the real runner and the real confined readers: what the sandbox forbids must not be needed by any encoder.

use crate::app::TestApp;
use model::ContentHash;
use queue::Runner;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::path::Path;
use std::time::Duration;

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    std::fs::read(folder.join(name)).unwrap()
}

/// Works in the background until it is dropped or stopped.
fn work(app: &TestApp) -> Runner {
    let builder = Runner::builder(app.state.context.queue.clone());
    jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start()
}

async fn make(app: &TestApp, hash: &ContentHash, preset: &str) -> Value {
    let body = json!({"contentHash": hash, "preset": preset, "waitForProcessing": true});
    app.post("/api/optimize", body).await.json()
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_format_out_is_made_by_a_confined_reader(pool: PgPool) {
    let rows = "small-avif 48x48 avif 60; small-png 48x48 png 1; small-webp 48x48 webp 80 lossless";
    let app = TestApp::with(pool, |config| {
        config.image_presets = rows.parse().unwrap();
        config.sandbox.environment = vec![("IMAGE_PRESETS".into(), rows.into())];
    })
    .await;
    let runner = work(&app);
    let photo = app.upload("corners.heic", &sample("samples/image/corners.heic")).await;
    let moving = app.upload("animated.gif", &sample("samples/image/animated.gif")).await;
    for (hash, preset, mime) in [
        (&photo, "small-avif", "image/avif"),
        (&photo, "small-png", "image/png"),
        (&photo, "small-webp", "image/webp"),
        (&photo, "preview", "image/jpeg"),
        (&moving, "animation", "image/webp"),
    ] {
        let body = make(&app, hash, preset).await;
        assert_eq!(body["status"], "completed", "{preset}: {body}");
        let answer = app.get(body["url"].as_str().unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, mime), "{preset}");
        let head = answer.body.first_chunk().unwrap();
        assert!(model::Preset::named(preset).unwrap().format.begins(head), "{preset}");
    }
    let body = make(&app, &photo, "animation").await;
    assert_eq!(body["code"], "not-animated", "{body}");
    runner.stop(Duration::from_secs(5)).await;
}

/// Nobody asks for a clean-up: the images themselves lead to it.
#[sqlx::test(migrations = "../../migrations")]
async fn the_cache_is_trimmed_as_soon_as_it_is_too_large(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.cache_max_bytes = 40_000).await;
    let runner = work(&app);
    let hash = app.upload("photo.jpg", &sample("compose/samples/photo.jpg")).await;
    let old = make(&app, &hash, "ai-vision").await;
    assert_eq!(old["status"], "completed", "{old}");
    let (_, new) = tokio::join!(app.state.context.cache_budget.used_up(), make(&app, &hash, "preview"));
    assert_eq!(new["status"], "completed", "{new}");
    let before = app.count("select sum(size_bytes)::bigint from artifacts").await;
    assert!(before > 40_000, "{before} bytes are no reason to trim");
    assert!(app.state.trim_cache().await.unwrap().deleted > 0);
    let after = app.count("select sum(size_bytes)::bigint from artifacts").await;
    assert!((1..=40_000).contains(&after), "{after}");
    assert_eq!(app.get(new["url"].as_str().unwrap()).await.status, 200, "what was made last stays");
    assert_eq!(app.get(old["url"].as_str().unwrap()).await.status, 404, "the longest unread is gone");
    runner.stop(Duration::from_secs(5)).await;
}
