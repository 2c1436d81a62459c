//! Files in.

use crate::app::{Form, HELLO, JPEG, TestApp, file_head, form_request};
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use model::Outcome;
use serde_json::json;
use sqlx::PgPool;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

fn hello() -> Form {
    Form::new().file("file", "hello.txt", b"hello")
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_acknowledged_upload_is_stored_recorded_and_queued(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = app.post_form("/api/upload/single", hello()).await.ok();
    assert_eq!(body["success"], json!(true));
    assert_eq!(body["contentHash"], json!(HELLO));
    assert_eq!(body["deduplicated"], json!(false));
    assert_eq!(body["size"], json!(5));
    assert_eq!(body["jobs"], json!({"ingest": true}));

    let blob = std::fs::read(app.dir.path().join("blobs/2c").join(HELLO)).unwrap();
    assert_eq!(blob, b"hello");
    let job = app.get(&format!("/api/job/{}", body["jobIds"][0].as_str().unwrap())).await.ok();
    assert_eq!(
        (&job["type"], &job["status"], &job["contentHash"]),
        (&json!("ingest-file"), &json!("pending"), &json!(HELLO))
    );
    let file: String = sqlx::query_scalar("select name from files where id::text = $1")
        .bind(body["fileId"].as_str().unwrap())
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(file, "hello.txt");
    assert_eq!(app.count("select count(*) from events where kind = 'file.created'").await, 1);
    assert_eq!(app.temp_files(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn fields_may_come_before_and_after_the_file(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let form = Form::new()
        .text("pageId", "page-1")
        .file("file", "a.txt", b"hello")
        .text("userId", "clx0user")
        .text("driveId", "clx0drive");
    app.post_form("/api/upload/single", form).await.ok();
    let row: (String, String, String) =
        sqlx::query_as("select page_id, foreign_user, foreign_drive from files").fetch_one(&app.pool).await.unwrap();
    assert_eq!(row, ("page-1".into(), "clx0user".into(), "clx0drive".into()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn our_own_ids_put_the_file_in_the_drive(pool: PgPool) {
    let drive: sqlx::types::Uuid =
        sqlx::query_scalar("insert into drives (name) values ('d') returning id").fetch_one(&pool).await.unwrap();
    let app = TestApp::new(pool).await;
    app.post_form("/api/upload/single", hello().text("driveId", &drive.to_string()).text("name", "renamed.md"))
        .await
        .ok();
    let (kept, name): (sqlx::types::Uuid, String) =
        sqlx::query_as("select drive_id, name from files").fetch_one(&app.pool).await.unwrap();
    assert_eq!((kept, name.as_str()), (drive, "renamed.md"));
    assert_eq!(app.count("select count(*) from events where drive_id is not null").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_bytes_are_stored_and_queued_once(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let first = app.post_form("/api/upload/single", hello()).await.ok();
    let second = app.post_form("/api/upload/single", hello()).await.ok();
    assert_eq!(second["deduplicated"], json!(true));
    assert_eq!(first["jobIds"], second["jobIds"]);
    assert_ne!(first["fileId"], second["fileId"]);
    assert_eq!(app.count("select count(*) from queue.jobs").await, 1);
    assert_eq!(app.count("select count(*) from files").await, 2);
    assert_eq!(app.count("select count(*) from contents").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn bytes_that_were_read_already_need_no_job(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    app.finish(&hash, Outcome::Ok).await;
    let again = app.post_form("/api/upload/single", hello()).await.ok();
    assert_eq!((&again["jobs"], &again["jobIds"]), (&json!({"ingest": false}), &json!([])));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_empty_file_is_a_file(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = app.post_form("/api/upload/single", Form::new().file("file", "empty", b"")).await.ok();
    assert_eq!(body["size"], json!(0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_cannot_be_a_path(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.upload("../../etc/passwd", b"hello").await;
    assert_eq!(app.count("select count(*) from files where name = 'passwd'").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_callers_with_the_token_upload(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.send(hello().request("/api/upload/single")).await;
    answer.refused(401, "unauthorized");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let mut wrong = hello().request("/api/upload/single");
    wrong.headers_mut().insert("authorization", "Bearer a-service-tokem".parse().unwrap());
    app.send(wrong).await.refused(401, "unauthorized");
    assert_eq!(app.count("select count(*) from contents").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn on_a_closed_network_no_token_is_needed(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.token = None).await;
    app.send(hello().request("/api/upload/single")).await.ok();
}

#[sqlx::test(migrations = "../../migrations")]
async fn forms_that_make_no_sense_are_refused_and_leave_nothing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let refused = async |form: Form| app.post_form("/api/upload/single", form).await.refused(400, "bad_request");
    refused(Form::new()).await;
    refused(Form::new().text("pageId", "p")).await;
    refused(hello().file("file", "second.txt", b"x")).await;
    refused(hello().text("pageId", &"p".repeat(256))).await;
    refused(hello().text("pageId", "p\0")).await;
    app.post_form("/api/upload/single", hello().text("name", &"n".repeat(5000))).await.refused(413, "too_large");
    app.trusted(hello().broken_request("/api/upload/single")).await.refused(400, "bad_request");
    let no_form = Request::post("/api/upload/single").body(Body::from("hello")).unwrap();
    app.trusted(no_form).await.refused(400, "bad_request");
    assert_eq!(app.temp_files(), 0);
    assert_eq!(app.count("select count(*) from contents").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_over_the_limit_is_refused_with_the_limit(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = 4).await;
    let body = app.post_form("/api/upload/single", hello()).await.refused(413, "too_large");
    assert_eq!(body["limitBytes"], json!(4));
    // Said in advance: refused before it is read.
    let mut announced = hello().request("/api/upload/single");
    announced.headers_mut().insert("content-length", "99999999999".parse().unwrap());
    app.trusted(announced).await.refused(413, "too_large");
    assert_eq!(app.count("select count(*) from contents").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_full_store_takes_nothing_more(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.reserve_bytes = 1 << 60).await;
    app.post_form("/api/upload/single", hello()).await.refused(507, "no_space");
    assert_eq!(app.temp_files(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn several_files_at_once_are_answered_one_by_one(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = 100).await;
    let form = Form::new()
        .file("files", "a.txt", b"hello")
        .file("files", "large.bin", &[7; 101])
        .file("files", "b.jpg", JPEG)
        .text("userId", "u");
    let body = app.post_form("/api/upload/multiple", form).await.ok();
    assert_eq!(body["success"], json!(true));
    let files = body["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    assert_eq!((&files[0]["originalname"], &files[0]["contentHash"]), (&json!("a.txt"), &json!(HELLO)));
    assert_eq!((&files[1]["originalname"], &files[1]["success"]), (&json!("large.bin"), &json!(false)));
    assert!(files[1]["error"].is_string());
    assert_eq!((&files[2]["originalname"], &files[2]["jobs"]), (&json!("b.jpg"), &json!({"ingest": true})));
    assert_eq!(app.count("select count(*) from queue.jobs").await, 2);
    assert_eq!(app.count("select count(*) from files where foreign_user = 'u'").await, 2);
    assert_eq!(app.temp_files(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn at_most_ten_files_come_at_once(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let form = |count: u8| (0..count).fold(Form::new(), |form, n| form.file("files", "f.txt", &[b'a' + n]));
    app.post_form("/api/upload/multiple", form(11)).await.refused(400, "bad_request");
    assert_eq!(app.count("select count(*) from contents").await, 0, "all of them, or none");
    assert_eq!(app.post_form("/api/upload/multiple", form(10)).await.ok()["files"].as_array().unwrap().len(), 10);
    app.post_form("/api/upload/multiple", form(0)).await.refused(400, "bad_request");
    assert_eq!(app.temp_files(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_database_saying_no_is_no_acknowledgement(pool: PgPool) {
    let app = TestApp::new(pool).await;
    sqlx::query("drop table events").execute(&app.pool).await.unwrap();
    app.post_form("/api/upload/single", hello()).await.refused(500, "internal");
    assert_eq!(app.count("select count(*) from files").await, 0);
    assert_eq!(app.count("select count(*) from queue.jobs").await, 0);
}

/// The parser kept all of it, whatever it was.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_of_a_form_without_end_is_given_up(pool: PgPool) {
    const CHUNK: usize = 16 << 10;
    let app = TestApp::new(pool).await;
    let boundary = String::from_utf8(file_head("file", "a.txt")).unwrap();
    let boundary = boundary.lines().next().unwrap();
    let head = format!("{boundary}\r\nA: ");
    let after_a_file = [&file_head("file", "a.txt")[..], b"hello\r\n", head.as_bytes()].concat();
    for path in ["/api/upload/single", "/api/upload/multiple", "/api/avatar/upload"] {
        for beginning in [b"x".to_vec(), head.clone().into_bytes(), after_a_file.clone()] {
            let taken = Arc::new(AtomicUsize::new(0));
            let counter = taken.clone();
            // Far from endless, so that this ends where nothing is done about it.
            let more = (0..1024).map(move |_| {
                counter.fetch_add(CHUNK, Relaxed);
                Bytes::from(vec![b'a'; CHUNK])
            });
            let chunks = std::iter::once(Bytes::from(beginning)).chain(more).map(Ok::<_, Infallible>);
            let request = form_request(path).body(Body::from_stream(stream::iter(chunks))).unwrap();
            let answer = app.trusted(request).await;
            let refusal = answer.refused(400, "bad_request");
            assert!(refusal["message"].as_str().unwrap().contains("at most 65536 bytes"), "{refusal}");
            assert_eq!(answer.header("connection"), "close", "the rest of it is not read");
            assert!(taken.load(Relaxed) < 128 << 10, "{path}: {} bytes were taken", taken.load(Relaxed));
        }
    }
    assert_eq!((app.temp_files(), app.count("select count(*) from files").await), (0, 0));
}

/// Who passes a file on says at its end how much it was; what lost a piece on the way is no file.
#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_lacks_bytes_of_those_that_were_sent_is_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for size in ["6", "4", "many", "-5"] {
        let answer = app.post_form("/api/upload/single", hello().text("sizeBytes", size)).await;
        answer.refused(400, "bad_request");
    }
    assert_eq!((app.temp_files(), app.count("select count(*) from contents").await), (0, 0));
    app.post_form("/api/upload/single", hello().text("sizeBytes", "5")).await.ok();
}

/// Fields of no meaning here may be of any size; no more of them than a piece is in memory.
#[sqlx::test(migrations = "../../migrations")]
async fn fields_nobody_knows_are_passed_over(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let form = Form::new().file("thumbnail", "t.png", &[7; 500_000]).text("note", "x").file("file", "a.txt", b"hello");
    let body = app.post_form("/api/upload/single", form.file("other", "o.bin", &[8; 500_000])).await.ok();
    assert_eq!(body["contentHash"], json!(HELLO));
}

/// Bytes uploaded again whose reading had failed (security review, M3): they got no job, so that whoever cancelled the first
/// job, or a disk that was full that day, decided for everybody and for ever.
#[sqlx::test(migrations = "../../migrations")]
async fn bytes_whose_reading_failed_for_now_are_read_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("first.txt", b"hello").await;
    let failed = [
        Some(Outcome::Timeout),
        Some(Outcome::Memory),
        Some(Outcome::Crashed { signal: 11 }),
        Some(Outcome::Internal { detail: "The job was cancelled.".into() }),
        None,
    ];
    for (before, outcome) in failed.into_iter().enumerate() {
        app.finish(&hash, outcome.clone().unwrap_or(Outcome::Timeout)).await;
        if outcome.is_none() {
            sqlx::query("update contents set outcome = null").execute(&app.pool).await.unwrap();
        }
        let told = app.count(TOLD).await;
        let again = app.post_form("/api/upload/single", hello()).await.ok();
        assert_eq!((&again["deduplicated"], &again["jobs"]), (&json!(true), &json!({"ingest": true})), "{outcome:?}");
        let job = app.get(&format!("/api/job/{}", again["jobIds"][0].as_str().unwrap())).await.ok();
        assert_eq!((&job["status"], &job["contentHash"]), (&json!("pending"), &json!(HELLO)));
        assert_eq!(app.get(&format!("/cache/{hash}/metadata")).await.ok()["status"], json!("pending"));
        assert_eq!(app.count(TOLD).await - told, before as i64 + 1, "the files that were there hear of it");
        let created: String = sqlx::query_scalar(
            "select data ->> 'status' from events where kind = 'file.created' order by id desc limit 1",
        )
        .fetch_one(&app.pool)
        .await
        .unwrap();
        assert_eq!(created, "pending");
    }
    let extension: String = sqlx::query_scalar("select extension from contents").fetch_one(&app.pool).await.unwrap();
    assert_eq!(extension, "txt");
}

const TOLD: &str = "select count(*) from events where kind = 'file.status' and data ->> 'status' = 'pending'";

/// A refusal is final for bytes of that name. Text that was called a picture is not refused for ever to who calls it text.
#[sqlx::test(migrations = "../../migrations")]
async fn bytes_that_were_refused_are_read_again_only_under_another_name(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("first.png", b"hello").await;
    let refused = || Outcome::Rejected { reason: model::Reason::TypeMismatch, detail: "It is text.".into() };
    app.finish(&hash, refused()).await;
    let upload =
        async |name: &str| app.post_form("/api/upload/single", Form::new().file("file", name, b"hello")).await.ok();
    for name in ["second.png", "THIRD.PNG"] {
        assert_eq!(upload(name).await["jobIds"], json!([]), "{name}");
    }
    assert_eq!(app.get(&format!("/cache/{hash}/metadata")).await.ok()["status"], json!("failed"));
    assert_eq!(app.count(TOLD).await, 0);

    assert_eq!(upload("a.txt").await["jobs"], json!({"ingest": true}));
    let row: (String, String) =
        sqlx::query_as("select status, extension from contents").fetch_one(&app.pool).await.unwrap();
    assert_eq!(row, ("pending".into(), "txt".into()));
}
