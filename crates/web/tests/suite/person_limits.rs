//! What one person may have and do at once, so that others have some of it, too.

use crate::test_app::TestApp;
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use futures_util::{StreamExt, stream};
use serde_json::json;
use sqlx::PgPool;
use std::convert::Infallible;
use web::Config;

const TOO_MANY: StatusCode = StatusCode::TOO_MANY_REQUESTS;

/// H5: drives were free and unlimited, and each had a turn of its own.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_makes_so_many_drives_and_no_more(pool: PgPool) {
    let app = TestApp::with(pool, &[("DRIVES_PER_PERSON", "2")]).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (first, second) = (ann.new_drive("one").await, ann.new_drive("two").await);
    let refused =
        ann.post("/api/v1/drives", json!({"name": "three"})).await.expect_problem(TOO_MANY, "too-many-drives");
    assert_eq!(refused.header("retry-after"), "", "waiting does not help");
    assert_eq!(ann.get("/api/v1/drives").await.json().as_array().unwrap().len(), 2);
    // Whoever is given drives may make their own all the same, and whoever gives them away has made them.
    for drive in [first, second] {
        ann.share(drive, "bob@example.org", "owner").await;
    }
    bob.new_drive("mine").await;
    ann.post("/api/v1/drives", json!({"name": "three"})).await.expect_problem(TOO_MANY, "too-many-drives");
    ann.delete(&format!("/api/v1/drives/{first}")).await.expect(StatusCode::NO_CONTENT);
    ann.new_drive("three").await;
}

/// Two at once do not both take the last place.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_drives_made_at_once_are_counted_one_after_the_other(pool: PgPool) {
    let app = TestApp::with(pool.clone(), &[("DRIVES_PER_PERSON", "3")]).await;
    let ann = app.person("ann").await;
    let make = (0..8).map(|n| {
        let ann = ann.clone();
        async move { ann.post("/api/v1/drives", json!({"name": n.to_string()})).await }
    });
    let answers = futures_util::future::join_all(make).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!((made, answers.len()), (3, 8));
}

#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_has_so_many_tokens_and_no_more(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    sqlx::query(
        "insert into api_tokens (user_id, name, token_hash, scopes, expires_at)
         select $1, n::text, sha256(n::text::bytea), '{read}', case when n > 99 then now() - interval '1 s' end
         from generate_series(1, 200) n",
    )
    .bind(ann.id)
    .execute(&pool)
    .await
    .unwrap();
    let new = json!({"name": "a program"});
    ann.post("/api/v1/tokens", new.clone()).await.expect(StatusCode::CREATED);
    let refused = ann.post("/api/v1/tokens", new.clone()).await.expect_problem(TOO_MANY, "too-many-tokens");
    assert!(refused.json()["detail"].as_str().unwrap().contains("revoke one"));
    bob.post("/api/v1/tokens", new).await.expect(StatusCode::CREATED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_has_so_many_unused_tickets_and_no_more(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let path = "/api/v1/realtime/ticket";
    for _ in 0..50 {
        ann.post(path, json!({})).await.expect(StatusCode::CREATED);
    }
    let refused = ann.post(path, json!({})).await.expect_problem(TOO_MANY, "too-many-tickets");
    assert_eq!(refused.header("retry-after"), "10");
    bob.post(path, json!({})).await.expect(StatusCode::CREATED);
    // A minute later they have ended, and are not kept either.
    sqlx::query("update realtime_tickets set expires_at = now()").execute(&pool).await.unwrap();
    ann.post(path, json!({})).await.expect(StatusCode::CREATED);
    let kept: i64 = sqlx::query_scalar("select count(*) from realtime_tickets where user_id = $1")
        .bind(ann.id)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(kept, 1);
}

/// H5: the number of uploads at once was unbounded, and each held half a megabyte of the processor.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_sends_so_many_files_at_once_and_no_more(pool: PgPool) {
    let app = TestApp::with(pool, &[("UPLOADS_PER_PERSON", "1")]).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (hers, his) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let head = "--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\nbegun";
    let body = stream::iter([Ok::<_, Infallible>(Bytes::from_static(head.as_bytes()))]).chain(stream::pending());
    let (client, path) = (ann.clone(), format!("/api/v1/drives/{hers}/files"));
    let form = ("content-type", "multipart/form-data; boundary=XX");
    let upload = tokio::spawn(async move { client.send(Method::POST, &path, &[form], Body::from_stream(body)).await });
    app.processor.has_received(1).await;
    let refused = ann.upload(hers, "b.txt", b"b").await.expect_problem(TOO_MANY, "too-many-uploads");
    assert_eq!(refused.header("retry-after"), "5");
    bob.upload(his, "b.txt", b"b").await.expect(StatusCode::CREATED);
    upload.abort();
    assert!(upload.await.is_err_and(|error| error.is_cancelled()));
    ann.upload(hers, "b.txt", b"b").await.expect(StatusCode::CREATED);
}

/// H5: thousands of downloads that nobody reads held the memory of web.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_takes_so_many_files_at_once_and_no_more(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let file = ann.new_file(ann.new_drive("d").await, "a.txt", &vec![b'a'; 1 << 20]).await;
    let path = format!("/api/v1/files/{file}/original");
    let mut unread = Vec::new();
    for _ in 0..64 {
        let response = ann.begin(Method::GET, &path, &[], Body::empty()).await;
        assert_eq!(response.status(), StatusCode::OK);
        unread.push(response);
    }
    ann.get(&path).await.expect_problem(TOO_MANY, "too-many-downloads");
    unread.pop();
    assert_eq!(ann.get(&path).await.expect(StatusCode::OK).body.len(), 1 << 20);
}

/// M16: anybody had all jobs of all people compared with a text, in ten statements.
#[sqlx::test(migrations = "../../migrations")]
async fn m16_only_administrators_look_for_an_error_among_all_jobs(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, admin) = (app.person("ann").await, app.admin().await);
    let drive = ann.new_drive("d").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    ann.get("/api/v1/jobs?error=zzz").await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    ann.get(&format!("/api/v1/jobs?error=zzz&fileId={file}")).await.expect(StatusCode::OK);
    admin.get("/api/v1/jobs?error=zzz").await.expect(StatusCode::OK);
}

/// M16: nothing bounded a statement, so that eight of them held all of web's connections for as long as they liked.
#[sqlx::test(migrations = "../../migrations")]
async fn m16_a_statement_of_webs_ends_after_seconds_unless_its_transaction_says_otherwise(
    _: sqlx::postgres::PgPoolOptions,
    options: sqlx::postgres::PgConnectOptions,
) {
    use sqlx::ConnectOptions;
    let settings = service::Settings::from_env()
        .with("DATABASE_URL", options.to_url_lossy().as_str())
        .with("PROCESSOR_TOKEN", "processor-secret");
    let database = service::connect(&Config::read(&settings).unwrap().database, "web").await.unwrap();
    let timeout = async |conn: &mut sqlx::PgConnection| -> String {
        sqlx::query_scalar("show statement_timeout").fetch_one(conn).await.unwrap()
    };
    assert_eq!(timeout(&mut database.acquire().await.unwrap()).await, "5s");
    let mut tx = db::begin(&database).await.unwrap();
    db::allow_minutes(&mut tx).await.unwrap();
    assert_eq!(timeout(&mut tx).await, "5min");
    tx.rollback().await.unwrap();
    assert_eq!(timeout(&mut database.acquire().await.unwrap()).await, "5s");

    let mut conn = database.acquire().await.unwrap();
    sqlx::query("set statement_timeout = '50ms'").execute(&mut *conn).await.unwrap();
    let error = sqlx::query("select pg_sleep(60)").execute(&mut *conn).await.unwrap_err();
    assert!(db::took_too_long(&error), "{error}");
}
