//! What people of ours are asked, and told, when a file of theirs has come.

use crate::app::{Form, HELLO, TestApp, file_head, form_end, form_request, person};
use axum::body::{Body, Bytes};
use futures_util::stream;
use model::Outcome;
use queue::Runner;
use serde_json::json;
use sqlx::PgPool;
use sqlx::types::Uuid;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;

/// The fields that web sends before a file.
fn fields(user: Uuid, drive: Uuid) -> Form {
    let (user, drive) = (user.to_string(), drive.to_string());
    Form::new().text("driveId", &drive).text("userId", &user).text("editorId", &user)
}

/// M13: rights were asked once, before the first byte. Who was removed meanwhile still added the file, and a deleted drive's file was
/// a row nobody could see, whose bytes stayed for ever.
#[sqlx::test(migrations = "../../migrations")]
async fn m13_rights_are_asked_again_when_the_file_is_added(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (user, drive) = person(&pool, "ann").await;
    for (change, status, code) in [
        ("update drive_members set role = 'viewer'", 403, "not_an_editor"),
        ("delete from drive_members", 404, "drive_not_found"),
        ("delete from drives", 404, "drive_not_found"),
    ] {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
        let chunks =
            stream::poll_fn(move |context| receiver.poll_recv(context).map(|chunk| chunk.map(Ok::<_, Infallible>)));
        let request = form_request("/api/upload/single").body(Body::from_stream(chunks)).unwrap();
        let beginning = fields(user, drive).part();
        let (answer, ()) = tokio::join!(app.trusted(request), async {
            sender.send([beginning, file_head("file", "a.txt")].concat().into()).await.unwrap();
            sender.send(Bytes::from_static(b"hel")).await.unwrap();
            sqlx::query(change).execute(&pool).await.unwrap();
            sender.send([b"lo".to_vec(), form_end()].concat().into()).await.unwrap();
            drop(sender);
        });
        answer.refused(status, code);
        for table in ["files", "contents", "events", "queue.jobs"] {
            let count = format!("select count(*) from {table}");
            let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(&pool).await.unwrap();
            assert_eq!(left, 0, "{change} left {table}");
        }
    }
    assert_eq!(app.temp_files(), 0);
    let stranger = fields(user, drive).text("editorId", "clx0user").file("file", "a.txt", b"hello");
    app.post_form("/api/upload/single", stranger).await.refused(400, "bad_request");
}

/// M2: a content that others had was said to be known, and had no job, however little its sender could see of them.
#[sqlx::test(migrations = "../../migrations")]
async fn m2_bytes_that_others_have_are_new_to_whoever_cannot_see_them(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ((ann, anns), (bob, bobs)) = (person(&pool, "ann").await, person(&pool, "bob").await);
    let upload = async |user, drive| {
        app.post_form("/api/upload/single", fields(user, drive).file("file", "a.txt", b"hello")).await.ok()
    };
    assert_eq!(upload(ann, anns).await["deduplicated"], false);
    app.finish(&HELLO.parse().unwrap(), Outcome::Ok).await;
    let read_at = async || -> time::OffsetDateTime {
        sqlx::query_scalar("select processed_at from contents").fetch_one(&pool).await.unwrap()
    };
    let before = read_at().await;
    let known = upload(ann, anns).await;
    assert_eq!((&known["deduplicated"], &known["jobIds"]), (&json!(true), &json!([])));

    let guess = upload(bob, bobs).await;
    assert_eq!((&guess["deduplicated"], &guess["jobs"]["ingest"]), (&json!(false), &json!(true)));
    let job: queue::JobId = guess["jobIds"][0].as_str().unwrap().parse().unwrap();
    let told = async || -> Vec<(Uuid, String)> {
        let told = "select drive_id, data ->> 'status' from events where id > $1 order by id";
        sqlx::query_as(told).bind(2_i64).fetch_all(&pool).await.unwrap()
    };
    assert_eq!(told().await, [(bobs, "pending".to_owned())]);

    // Its job tells that one file, and reads nothing.
    let builder = Runner::builder(app.state.context.queue.clone());
    let runner = jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start();
    while queue::is_in_flight(&mut pool.acquire().await.unwrap(), job).await.unwrap() {
        tokio::task::yield_now().await;
    }
    runner.stop(Duration::from_secs(5)).await;
    assert_eq!(told().await, [(bobs, "pending".to_owned()), (bobs, "visual".to_owned())]);
    assert_eq!(read_at().await, before);
    assert_eq!(upload(bob, bobs).await["deduplicated"], true, "that one bob can see");
}

/// M2: a full queue takes what needs no job, and so told who had it.
#[sqlx::test(migrations = "../../migrations")]
async fn m2_a_full_queue_tells_nothing_either(pool: PgPool) {
    let app = TestApp::with(pool.clone(), |config| config.queue_max_pending = 1.try_into().unwrap()).await;
    let ((ann, anns), (bob, bobs)) = (person(&pool, "ann").await, person(&pool, "bob").await);
    let upload = async |user, drive, bytes| {
        app.post_form("/api/upload/single", fields(user, drive).file("file", "a.txt", bytes)).await
    };
    upload(ann, anns, b"hello").await.ok();
    app.finish(&HELLO.parse().unwrap(), Outcome::Ok).await;
    queue::enqueue(&mut pool.acquire().await.unwrap(), &queue::NewJob::new("other", json!({}))).await.unwrap();
    for bytes in [b"hello".as_slice(), b"never seen"] {
        upload(bob, bobs, bytes).await.refused(429, "queue_full");
    }
    upload(ann, anns, b"hello").await.ok();
}

/// L17: an answer that was lost after the commit made a second file of what was sent again.
#[sqlx::test(migrations = "../../migrations")]
async fn l17_what_is_sent_again_under_its_key_is_answered_as_it_was(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (user, drive) = person(&pool, "ann").await;
    let upload = async |key: &str, name: &str, bytes: &[u8]| {
        let form = fields(user, drive).text("idempotencyKey", key).file("file", name, bytes);
        app.post_form("/api/upload/single", form).await
    };
    let first = upload("k", "a.txt", b"hello").await.ok();
    assert_eq!(upload("k", "a.txt", b"hello").await.ok(), first);
    app.finish(&HELLO.parse().unwrap(), Outcome::Ok).await;
    assert_eq!(upload("k", "a.txt", b"hello").await.ok(), first, "as it was then");
    for (name, bytes) in [("a.txt", b"other".as_slice()), ("b.txt", b"hello")] {
        upload("k", name, bytes).await.refused(422, "idempotency_key_reused");
    }
    assert_eq!(app.count("select count(*) from files").await, 1);
    assert_eq!(app.count("select count(*) from events").await, 1);
    assert_eq!(app.count("select count(*) from contents").await, 1);
    // The key does not outlast the right.
    sqlx::query("delete from drive_members").execute(&pool).await.unwrap();
    upload("k", "a.txt", b"hello").await.refused(404, "drive_not_found");
}

/// The worker is killed when the file is added and before its answer comes; then it asks again, and the server outside sends something
/// else.
#[sqlx::test(migrations = "../../migrations")]
async fn an_import_becomes_one_file_however_often_it_is_sent(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (user, drive) = person(&pool, "ann").await;
    let begin = async || {
        let new = db::imports::NewImport { asked_by: user, drive_id: drive, url: "https://example.org/", key: None };
        let begun = db::imports::begin(&mut pool.acquire().await.unwrap(), &new).await.unwrap();
        let db::imports::Begun::New(import) = begun else { panic!("it is new") };
        import.id
    };
    let send = async |import: Uuid, bytes: &[u8]| {
        let form = fields(user, drive).text("importId", &import.to_string()).file("file", "a.txt", bytes);
        app.post_form("/api/upload/single", form).await
    };
    let import = begin().await;
    let first = send(import, b"hello").await.ok();
    for bytes in [b"hello".as_slice(), b"other"] {
        assert_eq!(send(import, bytes).await.ok()["fileId"], first["fileId"]);
    }
    let (one, other) = (begin().await, begin().await);
    let (sent, again) = tokio::join!(send(one, b"at once"), send(one, b"and twice"));
    assert_eq!(sent.ok()["fileId"], again.ok()["fileId"]);
    assert_ne!(send(other, b"hello").await.ok()["fileId"], first["fileId"], "a link may be fetched again");
    assert_eq!(app.count("select count(*) from files").await, 3);
    assert_eq!(
        app.count("select count(*) from imports where file_id is not null and finished_at is not null").await,
        3
    );
    send(Uuid::nil(), b"hello").await.refused(410, "upload_gone");
    let odd = fields(user, drive).text("importId", "7").file("file", "a.txt", b"hello");
    app.post_form("/api/upload/single", odd).await.refused(400, "bad_request");
    assert_eq!((app.count("select count(*) from files").await, app.temp_files()), (3, 0));
}
