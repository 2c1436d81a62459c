//! Images for models, made when somebody asks.

use crate::app::{JPEG, TestApp};
use crate::statements::Statements;
use queue::{Failure, Runner};
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::{Duration, Instant};

#[sqlx::test(migrations = "../../migrations")]
async fn an_image_that_is_there_is_named_at_once(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "ai-chat", "image/jpeg", JPEG).await;
    let body = app.post("/api/optimize", json!({"contentHash": hash})).await.ok();
    let url = format!("/cache/{hash}/ai-chat");
    assert_eq!(body, json!({"success": true, "cached": true, "url": url, "status": "completed"}));
    assert_eq!(app.get(&url).await.status, 200);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_image_that_is_not_there_is_queued(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let body = app.post("/api/optimize", json!({"contentHash": hash, "preset": "preview", "fileId": "f"})).await.ok();
    assert_eq!((&body["cached"], &body["status"]), (&json!(false), &json!("queued")));
    let job = app.get(body["checkUrl"].as_str().unwrap()).await.ok();
    assert_eq!((&job["id"], &job["type"]), (&body["jobId"], &json!("image-optimize")));
    let again = app.post("/api/optimize", json!({"contentHash": hash, "preset": "preview"})).await.ok();
    assert_eq!(again["jobId"], body["jobId"], "one job for two who ask");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_waits_gets_the_image(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let runner = app.run_optimize(JPEG);
    let body = app.post("/api/optimize", json!({"contentHash": hash, "waitForProcessing": true})).await.ok();
    assert_eq!((&body["cached"], &body["status"]), (&json!(false), &json!("completed")));
    assert!(body["processingTime"].is_u64());
    assert_eq!(app.get(body["url"].as_str().unwrap()).await.body, JPEG);
    runner.stop(Duration::ZERO).await;
}

/// However many ask for one image at the same time, it is made once.
#[sqlx::test(migrations = "../../migrations")]
async fn fifty_who_ask_at_once_cost_one_image(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let body = json!({"contentHash": hash, "preset": "preview", "waitForProcessing": true});
    let callers = futures_util::future::join_all((0..50).map(|_| app.post("/api/optimize", body.clone())));
    // Nobody works before all of them have asked, so that none finds the image there already.
    let work = async {
        while app.count("select count(*) from queue.hot where kind = 'image-optimize'").await == 0 {
            tokio::task::yield_now().await;
        }
        app.run_optimize(JPEG)
    };
    let (answers, runner) = tokio::join!(callers, work);
    let url = format!("/cache/{hash}/preview");
    for answer in answers {
        let body = answer.ok();
        assert_eq!((&body["status"], &body["url"]), (&json!("completed"), &json!(url)), "{body}");
    }
    runner.stop(Duration::ZERO).await;
    let jobs = app.count("select count(*) from queue.jobs where kind = 'image-optimize'").await;
    assert_eq!(jobs, 1, "one job for all of them");
}

/// Every event of the product woke whoever waited, and each looked for the job among all there ever were.
#[sqlx::test(migrations = "../../migrations")]
async fn fifty_who_wait_are_not_woken_by_the_events_of_others(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let statements = Statements::listen();
    let looks = || statements.count(&["from queue.jobs where id", "from queue.hot where id"]);
    let body = json!({"contentHash": hash, "preset": "preview", "waitForProcessing": true});
    let callers = futures_util::future::join_all((0..50).map(|_| app.post("/api/optimize", body.clone())));
    let work = async {
        let mut events = PgListener::connect_with(&app.pool).await.unwrap();
        events.listen(model::CHANNEL).await.unwrap();
        while looks() < 50 {
            tokio::task::yield_now().await;
        }
        let (begun, before) = (Instant::now(), looks());
        for _ in 0..200 {
            db::events::notify(&app.pool).await.unwrap();
            events.recv().await.unwrap();
        }
        // Each looks once a second all the same, in case nobody says that its job is over.
        let polls = 50 * (1 + begun.elapsed().as_secs() as usize);
        assert!(looks() - before <= polls, "{} looks, {polls} of them without need of an event", looks() - before);
        app.run_optimize(JPEG)
    };
    let (answers, runner) = tokio::join!(callers, work);
    for answer in answers {
        assert_eq!(answer.ok()["status"], json!("completed"));
    }
    runner.stop(Duration::ZERO).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_waits_too_long_is_told_where_to_look(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.optimize_wait = Duration::from_millis(50)).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let body = app.post("/api/optimize", json!({"contentHash": hash, "waitForProcessing": true})).await.ok();
    assert_eq!(body["status"], json!("queued"));
    let answer = app.post("/api/optimize/prepare-for-ai", json!({"contentHash": hash})).await;
    answer.refused(503, "not_yet");
    assert!(!answer.header("retry-after").is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_waits_when_the_service_stops_is_not_kept(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let asked = app.post("/api/optimize", json!({"contentHash": hash, "waitForProcessing": true}));
    let (answer, ()) = tokio::join!(asked, async { app.state.shutdown.begin() });
    assert_eq!(answer.ok()["status"], json!("queued"));
}

/// A broken file is not the server's fault.
#[sqlx::test(migrations = "../../migrations")]
async fn a_file_of_which_no_image_can_be_made_says_so(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    let refuse = async |_| Err(Failure::fatal("unsupported", "It is not a picture."));
    let runner = Runner::builder(app.state.context.queue.clone()).kind("image-optimize", 1, refuse).start();
    let asked = app.post("/api/optimize", json!({"contentHash": hash, "waitForProcessing": true})).await;
    assert_eq!(asked.refused(422, "unsupported")["message"], json!("It is not a picture."));
    app.post("/api/optimize/prepare-for-ai", json!({"contentHash": hash})).await.refused(422, "unsupported");
    runner.stop(Duration::ZERO).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_image_whose_bytes_are_gone_is_made_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "ai-chat", "image/jpeg", JPEG).await;
    std::fs::remove_dir_all(app.dir.path().join("cache")).unwrap();
    let body = app.post("/api/optimize", json!({"contentHash": hash})).await.ok();
    assert_eq!(body["status"], json!("queued"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_asked_for_is_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let unknown = "0".repeat(64);
    for path in ["/api/optimize", "/api/optimize/batch", "/api/optimize/prepare-for-ai"] {
        app.post(path, json!({"contentHash": unknown})).await.refused(404, "content_not_found");
        app.post(path, json!({"contentHash": "../x"})).await.refused(400, "bad_hash");
        app.post(path, json!({})).await.refused(400, "bad_request");
        app.post(path, json!([1])).await.refused(400, "bad_request");
    }
    let body =
        app.post("/api/optimize", json!({"contentHash": hash, "preset": "huge"})).await.refused(400, "unknown_preset");
    let names: Vec<&str> = model::PRESETS.iter().map(|preset| preset.name).collect();
    assert_eq!(body["validPresets"], json!(names));
    let many = vec!["preview"; 51];
    app.post("/api/optimize/batch", json!({"contentHash": hash, "presets": many})).await.refused(400, "bad_request");
    assert_eq!(app.count("select count(*) from queue.hot where kind = 'image-optimize'").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_batch_answers_for_each_preset(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "preview", "image/jpeg", JPEG).await;
    let presets = json!(["preview", "thumbnail", "huge"]);
    let body = app.post("/api/optimize/batch", json!({"contentHash": hash, "presets": presets})).await.ok();
    let results = &body["results"];
    assert_eq!(
        results["preview"],
        json!({"cached": true, "url": format!("/cache/{hash}/preview"), "status": "completed"})
    );
    assert_eq!((&results["thumbnail"]["cached"], &results["thumbnail"]["status"]), (&json!(false), &json!("queued")));
    assert!(results["huge"]["error"].is_string());
    assert_eq!(body["jobIds"], json!([results["thumbnail"]["jobId"]]));
    let stats = app.get("/api/cache/stats").await.ok();
    assert_eq!((&stats["hits"], &stats["misses"]), (&json!(1), &json!(1)), "a batch reads the cache too");
}

/// A folder restored without its cache.
#[sqlx::test(migrations = "../../migrations")]
async fn a_batch_makes_again_what_lost_its_bytes(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "ai-chat", "image/jpeg", JPEG).await;
    std::fs::remove_dir_all(app.dir.path().join("cache")).unwrap();
    let body = app.post("/api/optimize/batch", json!({"contentHash": hash, "presets": ["ai-chat"]})).await.ok();
    assert_eq!(body["results"]["ai-chat"]["status"], json!("queued"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_first_call_for_a_model_makes_the_image(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let runner = app.run_optimize(JPEG);
    let mut body =
        app.post("/api/optimize/prepare-for-ai", json!({"contentHash": hash, "provider": "anthropic"})).await.ok();
    let url = format!("/cache/{hash}/ai-chat");
    let estimates = body.as_object_mut().unwrap().remove("tokenEstimates").unwrap();
    assert_eq!(body, json!({"success": true, "type": "url", "url": url, "size": JPEG.len()}));
    let families: Vec<_> = estimates.as_array().unwrap().iter().map(|estimate| estimate["family"].as_str()).collect();
    let expected: Vec<_> = model::VISION_MODELS.iter().map(|row| Some(row.family)).collect();
    assert_eq!(families, expected);
    assert_eq!(app.get(&url).await.body, JPEG);
    let body = app.post("/api/optimize/prepare-for-ai", json!({"contentHash": hash, "returnBase64": true})).await.ok();
    assert_eq!(
        (&body["type"], &body["mimeType"], &body["size"]),
        (&json!("base64"), &json!("image/jpeg"), &json!(JPEG.len()))
    );
    assert!(body["data"].as_str().unwrap().starts_with("/9j/"), "{body}");
    runner.stop(Duration::ZERO).await;
}

/// What one company takes is too much for another, which gets a smaller picture, or none.
#[sqlx::test(migrations = "../../migrations")]
async fn a_model_gets_what_its_company_takes(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "ai-chat", "image/jpeg", JPEG).await;
    app.derive(&hash, "preview", "image/jpeg", JPEG).await;
    let prepare = async |provider: &str| {
        app.post("/api/optimize/prepare-for-ai", json!({"contentHash": hash, "provider": provider})).await
    };
    sqlx::query("update artifacts set size_bytes = 4000000 where name = 'ai-chat'").execute(&app.pool).await.unwrap();
    assert_eq!(prepare("openai").await.ok()["url"], json!(format!("/cache/{hash}/ai-chat")));
    assert_eq!(prepare("anthropic").await.ok()["url"], json!(format!("/cache/{hash}/preview")));
    sqlx::query("update artifacts set size_bytes = 20971521").execute(&app.pool).await.unwrap();
    prepare("openai").await.refused(413, "too_large");
    prepare("anthropic").await.refused(413, "too_large");
}
