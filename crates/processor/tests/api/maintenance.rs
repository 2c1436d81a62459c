//! Cache clean-up and statistics.

use crate::app::{JPEG, TestApp};
use axum::body::Body;
use axum::http::Request;
use model::ContentHash;
use serde_json::json;
use sqlx::PgPool;

fn clean_up(body: &'static str) -> Request<Body> {
    Request::post("/api/cache/cleanup").body(body.into()).unwrap()
}

/// A content with an image and a text, neither read for forty days.
async fn old_artifacts(app: &TestApp) -> ContentHash {
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    app.derive(&hash, "extracted-text.txt", "text/plain; charset=utf-8", b"text").await;
    sqlx::query("update artifacts set last_accessed_at = now() - interval '40 days'").execute(&app.pool).await.unwrap();
    hash
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clean_up_removes_unread_images_and_nothing_else(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = old_artifacts(&app).await;
    app.derive(&hash, "ai-chat", "image/jpeg", JPEG).await;
    let body = app.send(clean_up("")).await.ok();
    assert_eq!(body, json!({"success": true, "deleted": 1, "freedBytes": 12}));
    app.get(&format!("/cache/{hash}/thumbnail")).await.refused(404, "artifact_not_found");
    for kept in ["original", "extracted-text.txt", "ai-chat"] {
        assert_eq!(app.get(&format!("/cache/{hash}/{kept}")).await.status, 200, "{kept}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_just_read_stays(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = old_artifacts(&app).await;
    assert_eq!(app.get(&format!("/cache/{hash}/thumbnail")).await.status, 200);
    assert_eq!(app.send(clean_up("")).await.ok()["deleted"], json!(0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn above_its_size_the_cache_loses_the_longest_unread(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.cache_max_bytes = JPEG.len() as u64).await;
    let hash = app.upload("a.jpg", JPEG).await;
    for name in ["ai-chat", "preview", "ai-vision"] {
        app.derive(&hash, name, "image/jpeg", JPEG).await;
    }
    sqlx::query("update artifacts set last_accessed_at = now() - interval '1 day' where name <> 'preview'")
        .execute(&app.pool)
        .await
        .unwrap();
    assert_eq!(app.send(clean_up("{}")).await.ok()["deleted"], json!(2));
    assert_eq!(app.get(&format!("/cache/{hash}/preview")).await.status, 200);
}

#[sqlx::test(migrations = "../../migrations")]
async fn clean_ups_do_not_follow_one_another(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.send(clean_up("")).await.ok();
    let answer = app.send(clean_up("")).await;
    answer.refused(429, "too_soon");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_a_service_may_empty_the_cache(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = old_artifacts(&app).await;
    app.derive(&hash, "ai-chat", "image/jpeg", JPEG).await;
    app.send(clean_up(r#"{"maxAgeDays": 0}"#)).await.refused(400, "bad_request");
    app.send(clean_up(r#"{"maxAgeDays": -1}"#)).await.refused(400, "bad_request");
    app.send(clean_up("nonsense")).await.refused(400, "bad_request");
    assert_eq!(app.trusted(clean_up(r#"{"maxAgeDays": 0}"#)).await.ok()["deleted"], json!(2));
}

#[sqlx::test(migrations = "../../migrations")]
async fn hits_and_misses_are_counted(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    for name in ["thumbnail", "thumbnail", "thumbnail", "preview"] {
        app.get(&format!("/cache/{hash}/{name}")).await;
    }
    let request = Request::get("/api/cache/stats").body(Body::empty()).unwrap();
    let body = app.send(request).await.ok();
    assert_eq!(body, json!({"hits": 3, "misses": 1, "hitRate": 0.75, "entries": 1, "bytes": 12}));
}

/// L8: a page of another site, open in a browser on the server, could throw away what was made.
#[sqlx::test(migrations = "../../migrations")]
async fn l8_a_browsers_page_does_not_clean_up(pool: PgPool) {
    let app = TestApp::new(pool).await;
    old_artifacts(&app).await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let mut request = clean_up("");
        request.headers_mut().insert(name, value.parse().unwrap());
        app.send(request).await.refused(401, "unauthorized");
    }
    assert_eq!(app.send(clean_up("")).await.ok()["deleted"], json!(1));
}
