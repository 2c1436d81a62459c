//! A full queue: what would add a job is refused, what would not is served.

use crate::app::{Answer, Form, HELLO, JPEG, TestApp, file_head, form_end, form_request};
use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use model::Outcome;
use serde_json::json;
use sqlx::PgPool;
use std::convert::Infallible;

/// A processor that takes so many pending jobs.
async fn with_room_for(pool: PgPool, jobs: u64) -> TestApp {
    TestApp::with(pool, |config| config.queue_max_pending = jobs.try_into().unwrap()).await
}

fn file(name: &str, bytes: &[u8]) -> Form {
    Form::new().file("file", name, bytes)
}

#[track_caller]
fn refused_as_full(answer: &Answer) {
    answer.refused(429, "queue_full");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
}

async fn pending(app: &TestApp) -> i64 {
    app.count("select count(*) from queue.jobs where status = 'pending'").await
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_full_queue_refuses_uploads_before_they_are_stored(pool: PgPool) {
    let app = with_room_for(pool, 2).await;
    for bytes in [b"one", b"two"] {
        app.post_form("/api/upload/single", file("a.txt", bytes)).await.ok();
    }
    refused_as_full(&app.post_form("/api/upload/single", file("a.txt", b"three")).await);
    let form = Form::new().file("files", "a.txt", b"three").file("files", "b.txt", b"four");
    refused_as_full(&app.post_form("/api/upload/multiple", form).await);
    assert_eq!(pending(&app).await, 2);
    assert_eq!(app.count("select count(*) from contents").await, 2);
    assert_eq!(app.count("select count(*) from files").await, 2);
    assert_eq!(app.temp_files(), 0);
    let shards: Vec<_> = std::fs::read_dir(app.dir.path().join("blobs")).unwrap().collect();
    let blobs: usize = shards.into_iter().map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count()).sum();
    assert_eq!(blobs, 2, "nothing was stored of what was refused");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_full_queue_takes_known_contents_which_need_no_job(pool: PgPool) {
    let app = with_room_for(pool, 1).await;
    let first = app.post_form("/api/upload/single", file("a.txt", b"hello")).await.ok();
    let waiting = app.post_form("/api/upload/single", file("b.txt", b"hello")).await.ok();
    assert_eq!((&waiting["deduplicated"], &waiting["jobIds"]), (&json!(true), &first["jobIds"]));
    app.finish(&HELLO.parse().unwrap(), Outcome::Ok).await;
    sqlx::query(
        "insert into queue.waiting (id, kind, priority, max_attempts, attempt, payload, run_at, created_at) \
                 values (1000, 'other', 1, 1, 0, 'null', now() + interval '1 hour', now())",
    )
    .execute(&app.pool)
    .await
    .unwrap();
    let form = Form::new().file("files", "c.txt", b"hello").file("files", "d.txt", b"new");
    let body = app.post_form("/api/upload/multiple", form).await.ok();
    assert_eq!((&body["files"][0]["deduplicated"], &body["files"][0]["jobIds"]), (&json!(true), &json!([])));
    assert_eq!((&body["files"][1]["success"], &body["files"][1]["code"]), (&json!(false), &json!("queue_full")));
}

/// Bytes that failed and are sent again need a job as new ones do.
#[sqlx::test(migrations = "../../migrations")]
async fn a_full_queue_refuses_what_would_be_read_again(pool: PgPool) {
    let app = with_room_for(pool, 1).await;
    app.post_form("/api/upload/single", file("a.txt", b"hello")).await.ok();
    app.finish(&HELLO.parse().unwrap(), Outcome::Timeout).await;
    sqlx::query(
        "insert into queue.waiting (id, kind, priority, max_attempts, attempt, payload, run_at, created_at) \
                 values (1000, 'other', 1, 1, 0, 'null', now() + interval '1 hour', now())",
    )
    .execute(&app.pool)
    .await
    .unwrap();
    refused_as_full(&app.post_form("/api/upload/single", file("b.txt", b"hello")).await);
    assert_eq!(app.count("select count(*) from files").await, 1);
    assert_eq!(app.count("select count(*) from contents where status = 'failed'").await, 1);
}

/// Nobody sends a gigabyte for a no: a large file is refused at its announcement, or when it turns out to be large.
#[sqlx::test(migrations = "../../migrations")]
async fn a_full_queue_refuses_large_uploads_before_their_end(pool: PgPool) {
    let app = with_room_for(pool, 1).await;
    app.post_form("/api/upload/single", file("a.txt", b"hello")).await.ok();
    let never = stream::pending::<Result<Bytes, Infallible>>();
    let announced = form_request("/api/upload/single").header("content-length", 100 << 20);
    refused_as_full(&app.trusted(announced.body(Body::from_stream(never)).unwrap()).await);

    let head = Bytes::from(file_head("file", "large.bin"));
    let endless = stream::iter([head]).chain(stream::repeat(Bytes::from_static(&[7; 1 << 16])));
    let unannounced = form_request("/api/upload/single");
    let body = Body::from_stream(endless.map(Ok::<_, Infallible>));
    refused_as_full(&app.trusted(unannounced.body(body).unwrap()).await);
    // What is being written when it is refused goes a moment later.
    let begun = std::time::Instant::now();
    while app.temp_files() > 0 {
        assert!(begun.elapsed().as_secs() < 10, "what was refused goes");
        tokio::task::yield_now().await;
    }
}

/// What was let in when there was room is not refused at its end.
#[sqlx::test(migrations = "../../migrations")]
async fn a_large_upload_that_was_let_in_is_taken(pool: PgPool) {
    let app = with_room_for(pool, 1).await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let chunks = stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|chunk| (chunk, receiver)));
    let request = form_request("/api/upload/single").body(Body::from_stream(chunks.map(Ok::<_, Infallible>))).unwrap();
    let upload = app.trusted(request);
    let rest = async {
        sender.send(file_head("file", "large.bin").into()).await.unwrap();
        for n in 0..80u8 {
            sender.send(vec![n; 1 << 16].into()).await.unwrap();
        }
        app.post_form("/api/upload/single", file("a.txt", b"hello")).await.ok();
        sender.send(form_end().into()).await.unwrap();
        drop(sender);
    };
    let (answer, ()) = tokio::join!(upload, rest);
    assert_eq!(answer.ok()["size"], json!(80 << 16));
    assert_eq!(pending(&app).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_full_queue_makes_no_images_and_reads_nothing_again(pool: PgPool) {
    let app = with_room_for(pool, 1).await;
    let form = Form::new().text("pageId", "page-1").file("file", "a.jpg", JPEG);
    let uploaded = app.post_form("/api/upload/single", form).await.ok();
    let hash = uploaded["contentHash"].as_str().unwrap().to_owned();
    let again = app.post("/api/ingest/by-page/page-1", json!({})).await.ok();
    assert_eq!(again["jobId"], uploaded["jobIds"][0], "what is under way is answered with its job");
    app.derive(&hash.parse().unwrap(), "thumbnail", "image/webp", b"RIFF....WEBP").await;

    let one = |preset: &str| json!({"contentHash": hash, "preset": preset});
    refused_as_full(&app.post("/api/optimize", one("preview")).await);
    refused_as_full(&app.post("/api/optimize/prepare-for-ai", json!({"contentHash": hash})).await);
    let batch = |presets| json!({"contentHash": hash, "presets": presets});
    refused_as_full(&app.post("/api/optimize/batch", batch(["thumbnail", "preview"].as_slice())).await);
    assert_eq!(pending(&app).await, 1, "nothing is left of what was refused");
    app.post("/api/optimize", one("thumbnail")).await.ok();
    app.post("/api/optimize/batch", batch(["thumbnail"].as_slice())).await.ok();

    app.finish(&hash.parse().unwrap(), Outcome::Ok).await;
    sqlx::query(
        "insert into queue.waiting (id, kind, priority, max_attempts, attempt, payload, run_at, created_at) \
                 values (1000, 'other', 1, 1, 0, 'null', now() + interval '1 hour', now())",
    )
    .execute(&app.pool)
    .await
    .unwrap();
    refused_as_full(&app.post("/api/ingest/by-page/page-1", json!({})).await);
}

/// The count is looked at once a second at most, so room that is made is found a second later.
#[sqlx::test(migrations = "../../migrations")]
async fn a_queue_that_has_room_again_takes_uploads_again(pool: PgPool) {
    let app = with_room_for(pool, 1).await;
    app.post_form("/api/upload/single", file("a.txt", b"hello")).await.ok();
    refused_as_full(&app.post_form("/api/upload/single", file("b.txt", b"new")).await);
    app.finish(&HELLO.parse().unwrap(), Outcome::Ok).await;
    let begun = std::time::Instant::now();
    while app.post_form("/api/upload/single", file("b.txt", b"new")).await.status == 429 {
        assert!(begun.elapsed().as_secs() < 10, "there is room");
        tokio::task::yield_now().await;
    }
    assert_eq!(pending(&app).await, 1);
}

/// H5: one person's hundred thousand files filled the queue for everybody.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_whose_share_of_the_queue_is_full_is_refused_and_nobody_else(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.queue_max_pending_per_person = 2.try_into().unwrap()).await;
    let of = |person: &str, bytes: &[u8]| Form::new().text("userId", person).file("file", "a.jpg", bytes);
    let upload = async |person: &str, bytes: &[u8]| app.post_form("/api/upload/single", of(person, bytes)).await;
    let refused = |answer: &Answer| {
        answer.refused(429, "person_queue_full");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    };
    // Over however many drives.
    for (drive, bytes) in [("a", b"one"), ("b", b"two")] {
        let form = Form::new().text("userId", "ann").text("driveId", drive).file("file", "a.txt", bytes);
        app.post_form("/api/upload/single", form).await.ok();
    }
    refused(&upload("ann", b"three").await);
    refused(
        &app.post_form("/api/upload/multiple", Form::new().text("userId", "ann").file("files", "a.txt", b"four")).await,
    );
    let bobs = upload("bob", JPEG).await.ok();
    let hash = bobs["contentHash"].as_str().unwrap();
    let image = |person: &str| json!({"contentHash": hash, "preset": "preview", "userId": person});
    refused(&app.post("/api/optimize", image("ann")).await);
    refused(&app.post("/api/optimize/batch", json!({"contentHash": hash, "userId": "ann"})).await);
    app.post("/api/optimize", image("bob")).await.ok();
    for id in ["a\0b", &"x".repeat(256)] {
        app.post("/api/optimize", image(id)).await.refused(400, "bad_request");
    }
    refused(&upload("bob", b"five").await);
    // A service that speaks for nobody has the whole queue's bound alone.
    for bytes in [b"six", b"sev", b"eig"] {
        app.post_form("/api/upload/single", file("a.txt", bytes)).await.ok();
    }
    let keys: Vec<String> =
        sqlx::query_scalar("select distinct gate from queue.jobs order by gate").fetch_all(&app.pool).await.unwrap();
    assert_eq!(keys, ["image-optimize:person:bob", "no-person", "person:ann", "person:bob"]);
}

/// H5: three thousand uploads at a kilobyte a second were all the memory there is.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_so_many_uploads_come_in_at_once_and_no_more(pool: PgPool) {
    let app = std::sync::Arc::new(TestApp::new(pool).await);
    let begin = |_| {
        let app = app.clone();
        let head =
            stream::iter([Ok::<_, Infallible>(Bytes::from(file_head("file", "a.bin")))]).chain(stream::pending());
        let request = form_request("/api/upload/single").body(Body::from_stream(head)).unwrap();
        tokio::spawn(async move { app.trusted(request).await })
    };
    let uploads: Vec<_> = (0..256).map(begin).collect();
    let begun = std::time::Instant::now();
    while app.temp_files() < 256 {
        assert!(begun.elapsed().as_secs() < 60, "{} of them came in", app.temp_files());
        tokio::task::yield_now().await;
    }
    let refused = app.post_form("/api/upload/single", file("a.txt", b"hello")).await;
    refused.refused(429, "too_many_uploads");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    for upload in uploads {
        upload.abort();
        assert!(upload.await.is_err_and(|error| error.is_cancelled()));
    }
    app.post_form("/api/upload/single", file("a.txt", b"hello")).await.ok();
}

/// H5: room on the disk was looked at and never reserved.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_what_one_upload_has_announced_another_does_not_get(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = u64::MAX >> 1).await;
    let free = app.state.context.store.space().await.unwrap().free_bytes;
    let upload = |announced: u64| {
        let head =
            stream::iter([Ok::<_, Infallible>(Bytes::from(file_head("file", "a.bin")))]).chain(stream::pending());
        // As web passes it on, which knows how much it was told and not how much it is.
        let request = form_request("/api/upload/single").header("x-announced-bytes", announced);
        app.trusted(request.body(Body::from_stream(head)).unwrap())
    };
    let mut first = Box::pin(upload(free / 2));
    let begun = std::time::Instant::now();
    while app.temp_files() == 0 {
        assert!(futures_util::poll!(&mut first).is_pending(), "it is still being sent");
        assert!(begun.elapsed().as_secs() < 60, "it has begun");
        tokio::task::yield_now().await;
    }
    upload(free / 10 * 8).await.refused(507, "no_space");
    drop(first);
    while app.temp_files() > 0 {
        assert!(begun.elapsed().as_secs() < 60, "what broke off goes");
        tokio::task::yield_now().await;
    }
    let mut second = Box::pin(upload(free / 10 * 8));
    while app.temp_files() == 0 {
        assert!(futures_util::poll!(&mut second).is_pending(), "there is room again");
        assert!(begun.elapsed().as_secs() < 60, "it has begun");
        tokio::task::yield_now().await;
    }
}
