//! Originals and artifacts out.

use crate::app::{HELLO, JPEG, TestApp};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn an_original_comes_back_as_it_went_in(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    let answer = app.get(&format!("/cache/{hash}/original")).await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, b"hello".as_slice()));
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "5"),
        ("content-disposition", "inline"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("etag", &format!("\"{hash}-original\"")),
        ("x-content-hash", HELLO),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(answer.header("content-security-policy").contains("sandbox"));
    let head = app.trusted(Request::head(format!("/cache/{hash}/original")).body(Body::empty()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.header("content-length"), head.body.len()), (200, "5", 0));
}

/// What a browser would run is saved, whatever its name says it is.
#[sqlx::test(migrations = "../../migrations")]
async fn a_page_that_is_called_a_picture_is_an_attachment(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("cat.png", b"<!doctype html><script>alert(1)</script>").await;
    let answer = app.get(&format!("/cache/{hash}/original")).await;
    assert_eq!((answer.header("content-type"), answer.header("content-disposition")), ("text/html", "attachment"));
    let hash = app.upload("cat.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").await;
    assert_eq!(app.get(&format!("/cache/{hash}/original")).await.header("content-disposition"), "attachment");
}

#[sqlx::test(migrations = "../../migrations")]
async fn parts_of_an_original_can_be_asked_for(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    let path = format!("/cache/{hash}/original");
    for (range, status, body, shown) in [
        ("bytes=1-2", 206, "el", "bytes 1-2/5"),
        ("bytes=3-", 206, "lo", "bytes 3-4/5"),
        ("bytes=-1", 206, "o", "bytes 4-4/5"),
        ("bytes=0-99", 206, "hello", "bytes 0-4/5"),
        ("bytes=0-0,2-2", 200, "hello", ""),
        ("nonsense", 200, "hello", ""),
    ] {
        let answer = app.get_with(&path, &[("range", range)]).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (status, body), "{range}");
        assert_eq!(answer.header("content-range"), shown, "{range}");
        assert_eq!(answer.header("content-length"), body.len().to_string(), "{range}");
    }
    let outside = app.get_with(&path, &[("range", "bytes=5-")]).await;
    outside.refused(416, "bad_range");
    assert_eq!(outside.header("content-range"), "bytes */5");
    let etag = format!("\"{hash}-original\"");
    assert_eq!(app.get_with(&path, &[("range", "bytes=1-2"), ("if-range", &etag)]).await.status, 206);
    assert_eq!(app.get_with(&path, &[("range", "bytes=1-2"), ("if-range", "\"other\"")]).await.status, 200);
}

/// Head and body as two small writes took 44 ms: the second waited for the client's delayed acknowledgement of the first.
#[sqlx::test(migrations = "../../migrations")]
async fn a_small_answer_leaves_in_one_piece(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (small, large) = (vec![b'a'; 200_000], vec![b'a'; 300_000]);
    let hash = app.upload("small.txt", &small).await;
    let answer = app.get(&format!("/cache/{hash}/original")).await;
    assert!(answer.is_whole && answer.body == small);
    let hash = app.upload("large.txt", &large).await;
    let path = format!("/cache/{hash}/original");
    let answer = app.get(&path).await;
    assert!(!answer.is_whole && answer.body == large, "a large one is no longer than its pieces in memory");
    let part = app.get_with(&path, &[("range", "bytes=150000-")]).await;
    assert!(part.is_whole && part.body == large[150_000..]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_has_the_bytes_is_told_so(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    let path = format!("/cache/{hash}/original");
    let etag = format!("\"{hash}-original\"");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".into()] {
        let answer = app.get_with(&path, &[("if-none-match", &known)]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), etag);
    }
    assert_eq!(app.get_with(&path, &[("if-none-match", "\"other\"")]).await.status, 200);
    let unknown = "0".repeat(64);
    app.get_with(&format!("/cache/{unknown}/original"), &[("if-none-match", "*")])
        .await
        .refused(404, "content_not_found");
}

#[sqlx::test(migrations = "../../migrations")]
async fn artifacts_have_their_true_type(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    app.derive(&hash, "extracted-text.txt", "text/plain; charset=utf-8", "née".as_bytes()).await;
    app.derive(&hash, "ocr-text.txt", "text/plain; charset=utf-8", b"seen").await;
    let answer = app.get(&format!("/cache/{hash}/thumbnail")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/webp"));
    assert_eq!(answer.header("content-disposition"), "inline");
    let etag = answer.header("etag").to_owned();
    assert_eq!(app.get_with(&format!("/cache/{hash}/thumbnail"), &[("if-none-match", &etag)]).await.status, 304);
    assert_eq!(app.get(&format!("/cache/{hash}/extracted-text.txt")).await.text(), "née");
    assert_eq!(app.get(&format!("/cache/{hash}/ocr-text.txt")).await.text(), "seen");
}

/// A hot image is answered from memory, as a file would be; one that is replaced or removed is not.
#[sqlx::test(migrations = "../../migrations")]
async fn an_image_in_memory_is_the_one_that_is_there(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    let path = format!("/cache/{hash}/thumbnail");
    let from_file = app.get(&path).await;
    // Without its file it can only come from memory.
    std::fs::remove_dir_all(app.dir.path().join("cache")).unwrap();
    let from_memory = app.get(&path).await;
    assert_eq!((from_memory.status.as_u16(), &*from_memory.body), (200, &b"RIFF....WEBP"[..]));
    for header in ["cache-control", "content-length", "content-security-policy", "content-type", "etag"] {
        assert_eq!(from_memory.header(header), from_file.header(header), "{header}");
    }
    let part = app.get_with(&path, &[("range", "bytes=4-7")]).await;
    assert_eq!((part.status.as_u16(), &*part.body, part.header("content-range")), (206, &b"...."[..], "bytes 4-7/12"));
    assert_eq!(app.get_with(&path, &[("range", "bytes=12-")]).await.status, 416);
    assert_eq!(app.get_with(&path, &[("if-none-match", from_file.header("etag"))]).await.status, 304);
    let stats = app.get("/api/cache/stats").await.ok();
    assert_eq!((&stats["hits"], &stats["misses"]), (&json!(5), &json!(0)));

    app.derive(&hash, "thumbnail", "image/webp", b"RIFF.made.again.WEBP").await;
    assert_eq!(app.get(&path).await.body[..], b"RIFF.made.again.WEBP"[..]);
    app.state.context.store.remove_artifact(&hash, "thumbnail").await.unwrap();
    sqlx::query("delete from artifacts").execute(&app.pool).await.unwrap();
    app.get(&path).await.refused(404, "artifact_not_found");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_not_there_is_not_found(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let unknown = "0".repeat(64);
    app.get(&format!("/cache/{hash}/thumbnail")).await.refused(404, "artifact_not_found");
    app.get(&format!("/cache/{hash}/..%2f..%2fblobs")).await.refused(404, "artifact_not_found");
    app.get(&format!("/cache/{hash}/%00")).await.refused(404, "artifact_not_found");
    app.get(&format!("/cache/{unknown}/original")).await.refused(404, "content_not_found");
    app.get(&format!("/cache/{unknown}/metadata")).await.refused(404, "content_not_found");
    for bad in ["abc", "..%2f..%2fetc", &unknown.replace('0', "A")] {
        app.get(&format!("/cache/{bad}/original")).await.refused(400, "bad_hash");
        app.get(&format!("/cache/{bad}/thumbnail")).await.refused(400, "bad_hash");
        app.get(&format!("/cache/{bad}/metadata")).await.refused(400, "bad_hash");
    }
}

/// A folder restored without its cache, or one that somebody emptied: the first miss was answered with 404, and the row went.
#[sqlx::test(migrations = "../../migrations")]
async fn an_image_lost_with_the_cache_is_made_again_once_for_all_who_ask(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "preview", "image/jpeg", b"\xff\xd8\xff....").await;
    std::fs::remove_dir_all(app.dir.path().join("cache")).unwrap();
    let path = format!("/cache/{hash}/preview");
    let made = async {
        let runner = app.run_optimize(JPEG);
        let asked = futures_util::future::join_all((0..4).map(|_| app.get(&path))).await;
        runner.stop(std::time::Duration::from_secs(5)).await;
        asked
    };
    for answer in made.await {
        assert_eq!((answer.status.as_u16(), answer.body.as_ref()), (200, JPEG));
    }
    assert_eq!(app.count("select count(*) from queue.jobs where kind = 'image-optimize'").await, 1);
    assert_eq!(app.count("select count(*) from artifacts").await, 1);
}

/// Nobody waits for what cannot be made, and nobody is told that it is there.
#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_image_that_cannot_be_made_again_is_forgotten(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.optimize_wait = std::time::Duration::ZERO).await;
    let hash = app.upload("a.jpg", JPEG).await;
    for preset in ["preview", "once-set"] {
        app.derive(&hash, preset, "image/jpeg", JPEG).await;
    }
    std::fs::remove_dir_all(app.dir.path().join("cache")).unwrap();
    app.get(&format!("/cache/{hash}/once-set")).await.refused(404, "artifact_not_found");
    let path = format!("/cache/{hash}/preview");
    app.get(&path).await.refused(503, "not_yet");
    app.get(&path).await.refused(503, "not_yet");
    assert_eq!(app.count("select count(*) from queue.jobs where kind = 'image-optimize'").await, 1);
    let refuse = async |_: queue::Job| Err(queue::Failure::fatal("malformed", "It is broken."));
    let runner = queue::Runner::builder(app.state.context.queue.clone()).kind("image-optimize", 1, refuse).start();
    let began = std::time::Instant::now();
    while app.get(&path).await.status != 404 {
        assert!(began.elapsed() < std::time::Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    runner.stop(std::time::Duration::from_secs(5)).await;
    assert_eq!(app.count("select count(*) from artifacts").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn metadata_lists_what_was_derived(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.derive(&hash, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    let body = app.get(&format!("/cache/{hash}/metadata")).await.ok();
    assert_eq!(
        (&body["contentHash"], &body["status"], &body["mimeType"]),
        (&json!(hash), &json!("pending"), &json!("image/jpeg"))
    );
    let artifact = &body["artifacts"][0];
    assert_eq!(
        (&artifact["preset"], &artifact["size"], &artifact["mimeType"]),
        (&json!("thumbnail"), &json!(12), &json!("image/webp"))
    );
    assert_eq!((&artifact["width"], &artifact["height"]), (&json!(40), &json!(30)));
    assert!(artifact["createdAt"].is_string() && artifact["lastAccessed"].is_string());
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_are_shown_to_services_only(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    for what in ["original", "thumbnail", "metadata"] {
        let request = Request::get(format!("/cache/{hash}/{what}")).body(Body::empty()).unwrap();
        app.send(request).await.refused(401, "unauthorized");
    }
}
