//! The defects of the original processor, each with a test that fails if we have it too. Those of image and text
//! processing are tested with the engine, those of the job handlers with the jobs.

use crate::app::{Form, HELLO, JPEG, TestApp, file_head, form_end, form_request};
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::{StreamExt, stream};
use model::{ContentHash, Outcome};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::convert::Infallible;

/// A batch kept one job per content, so all presets but the first were never made.
#[sqlx::test(migrations = "../../migrations")]
async fn batches_lose_all_but_their_first_job(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let presets = ["ai-chat", "ai-vision", "preview", "thumbnail"];
    let body = app.post("/api/optimize/batch", json!({"contentHash": hash, "presets": presets})).await.ok();
    let ids = body["jobIds"].as_array().unwrap();
    assert_eq!(ids.len(), 4);
    for preset in presets {
        let id = body["results"][preset]["jobId"].as_str().unwrap();
        assert_eq!(app.get(&format!("/api/job/{id}")).await.ok()["status"], json!("pending"), "{preset}");
    }
    assert_eq!(
        app.count("select count(distinct payload->>'preset') from queue.hot where kind = 'image-optimize'").await,
        4
    );
}

/// The job route asked the queue library without the queue's name and always answered 500.
#[sqlx::test(migrations = "../../migrations")]
async fn the_job_route_always_answers_500(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let uploaded = app.post_form("/api/upload/single", Form::new().file("file", "a.txt", b"hello")).await.ok();
    let id = uploaded["jobIds"][0].as_str().unwrap();
    let job = app.get(&format!("/api/job/{id}")).await.ok();
    for field in ["id", "type", "fileId", "contentHash", "status", "attempts", "createdAt"] {
        assert!(job.get(field).is_some(), "{field}: {job}");
    }
    app.get("/api/job/4711").await.refused(404, "job_not_found");
}

/// The counts came from a library call that counts something else.
#[sqlx::test(migrations = "../../migrations")]
async fn queue_counts_are_wrong(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.upload("b.txt", b"hello").await;
    app.post("/api/optimize/batch", json!({"contentHash": hash})).await.ok();
    let request = || Request::get("/api/queue/status").body(Body::empty()).unwrap();
    let counts = app.send(request()).await.ok();
    assert_eq!((&counts["ingest-file"]["pending"], &counts["image-optimize"]["pending"]), (&json!(2), &json!(2)));
    assert_eq!((&counts["ocr-process"]["pending"], &counts["text-extract"]["active"]), (&json!(0), &json!(0)));
    for (kind, counts) in counts.as_object().unwrap() {
        for (column, status) in
            [("pending", "pending"), ("active", "processing"), ("completed", "completed"), ("failed", "failed")]
        {
            let counted: i64 = sqlx::query_scalar("select count(*) from queue.jobs where kind = $1 and status = $2")
                .bind(kind)
                .bind(status)
                .fetch_one(&app.pool)
                .await
                .unwrap();
            assert_eq!(counts[column], json!(counted), "{kind} {column}");
        }
    }
}

/// `/cache/:hash/:preset` came first and swallowed both.
#[sqlx::test(migrations = "../../migrations")]
async fn metadata_and_text_routes_are_unreachable(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    app.derive(&hash, "extracted-text.txt", "text/plain; charset=utf-8", b"hello").await;
    let metadata = app.get(&format!("/cache/{hash}/metadata")).await.ok();
    assert_eq!(metadata["artifacts"][0]["preset"], json!("extracted-text.txt"));
    let text = app.get(&format!("/cache/{hash}/extracted-text.txt")).await;
    assert_eq!((text.text().as_str(), text.header("content-type")), ("hello", "text/plain; charset=utf-8"));
}

/// The second upload of bytes whose text was still being extracted was called completed.
#[sqlx::test(migrations = "../../migrations")]
async fn dedup_marks_a_file_completed_before_its_text_exists(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    for (status, expected) in [("pending", "pending"), ("processing", "processing")] {
        sqlx::query("update contents set status = $1").bind(status).execute(&app.pool).await.unwrap();
        let again = app.post_form("/api/upload/single", Form::new().file("file", "b.txt", b"hello")).await.ok();
        assert_eq!(again["deduplicated"], json!(true));
        assert_eq!(again["jobs"]["ingest"], json!(true), "there is still something to wait for");
        assert_eq!(app.get(&format!("/cache/{hash}/metadata")).await.ok()["status"], json!(expected));
    }
}

/// Naming a hash was enough to get a file with somebody else's bytes. Here only sending the bytes makes a file, and no
/// route takes a hash for one.
#[sqlx::test(migrations = "../../migrations")]
async fn a_known_hash_claims_another_tenants_bytes(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("secret.txt", b"hello").await;
    app.finish(&hash, Outcome::Ok).await;
    let mine = Form::new().text("contentHash", HELLO).text("hash", HELLO).text("userId", "mallory");
    app.post_form("/api/upload/single", mine).await.refused(400, "bad_request");
    let other = Form::new().text("contentHash", HELLO).text("userId", "mallory").file("file", "x.txt", b"my own bytes");
    let body = app.post_form("/api/upload/single", other).await.ok();
    assert_ne!(body["contentHash"], json!(HELLO));
    app.post("/api/optimize", json!({"contentHash": hash, "fileId": "mallorys"})).await.ok();
    let owned: i64 = sqlx::query_scalar("select count(*) from files where content_hash = $1")
        .bind(HELLO)
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(owned, 1);
    let stranger = Request::get(format!("/cache/{hash}/original")).body(Body::empty()).unwrap();
    app.send(stranger).await.refused(401, "unauthorized");
}

/// Uploads were collected in memory: 2.76 GB of caps for a file service.
#[sqlx::test(migrations = "../../migrations")]
async fn whole_files_are_held_in_memory(pool: PgPool) {
    const MIB: usize = 1 << 20;
    let app = TestApp::new(pool).await;
    app.upload("warm-up.bin", &vec![1; MIB]).await;
    let before = peak_rss_bytes();
    let chunks = (0..256 * 16u32).map(|n| Ok::<_, Infallible>(Bytes::from(vec![n as u8; MIB / 16])));
    let (head, end) = (Bytes::from(file_head("file", "large.bin")), Bytes::from(form_end()));
    let body = stream::iter([Ok(head)].into_iter().chain(chunks).chain([Ok(end)]));
    let answer = app.trusted(form_request("/api/upload/single").body(Body::from_stream(body)).unwrap()).await.ok();
    assert_eq!(answer["size"], json!(256 * MIB));
    let grown = peak_rss_bytes() - before;
    assert!(grown < 32 * MIB as u64, "an upload of 256 MiB took {} MiB", grown / MIB as u64);
}

/// A failed or abandoned upload left its temporary file for ever.
#[sqlx::test(migrations = "../../migrations")]
async fn temp_files_are_left_behind(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = 1000).await;
    app.upload("a.txt", b"hello").await;
    app.trusted(Form::new().file("file", "a.txt", b"cut o").broken_request("/api/upload/single"))
        .await
        .refused(400, "bad_request");
    app.post_form("/api/upload/single", Form::new().file("file", "a", &[0; 1001])).await.refused(413, "too_large");
    let half = stream::iter([Ok(Bytes::from(file_head("file", "a"))), Err(std::io::Error::other("connection reset"))]);
    app.trusted(form_request("/api/upload/single").body(Body::from_stream(half)).unwrap())
        .await
        .refused(400, "bad_request");
    // A caller that goes away in the middle: its request is dropped.
    let beginning = stream::iter([Ok::<_, Infallible>(Bytes::from(file_head("file", "a")))]);
    let endless = beginning.chain(stream::pending());
    let abandoned = app.trusted(form_request("/api/upload/single").body(Body::from_stream(endless)).unwrap());
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), abandoned).await.is_err());
    sqlx::query("drop table files cascade").execute(&app.pool).await.unwrap();
    app.post_form("/api/upload/single", Form::new().file("file", "a.txt", b"other")).await.refused(500, "internal");
    assert_eq!(app.temp_files(), 0);
}

/// The page was written, the enqueue failed, and the page stayed pending for ever.
#[sqlx::test(migrations = "../../migrations")]
async fn a_failed_enqueue_leaves_a_page_pending_for_ever(pool: PgPool) {
    let app = TestApp::new(pool).await;
    sqlx::query("alter table queue.hot rename to elsewhere").execute(&app.pool).await.unwrap();
    let form = || Form::new().text("pageId", "page-1").file("file", "a.txt", b"hello");
    app.post_form("/api/upload/single", form()).await.refused(500, "internal");
    assert_eq!(app.count("select count(*) from files").await, 0);
    assert_eq!(app.count("select count(*) from contents").await, 0);
    sqlx::query("alter table queue.elsewhere rename to hot").execute(&app.pool).await.unwrap();
    let again: Value = app.post_form("/api/upload/single", form()).await.ok();
    assert_eq!((&again["deduplicated"], &again["jobs"]["ingest"]), (&json!(false), &json!(true)));
    let _: ContentHash = again["contentHash"].as_str().unwrap().parse().unwrap();
}

fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
