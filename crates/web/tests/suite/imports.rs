//! Files by link, as people ask for them; what fetches them is the worker's.

use crate::test_app::{Answer, Client, TestApp};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use db::drives::Role;
use queue::JobId;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

const LINK: &str = "https://example.org/report.pdf";

async fn begin(person: &Client, drive: Uuid, url: &str) -> Answer {
    person.post(&format!("/api/v1/drives/{drive}/imports"), json!({"url": url})).await
}

async fn begin_called(person: &Client, drive: Uuid, url: &str, key: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    let body = Body::from(json!({"url": url}).to_string());
    person.send(Method::POST, &format!("/api/v1/drives/{drive}/imports"), &headers, body).await
}

async fn get(person: &Client, import: &Value) -> Value {
    let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());
    person.get(&path).await.expect(StatusCode::OK).json()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_link_becomes_a_job_and_says_where_it_stands(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let import =
        begin(&ann, drive, " HTTPS://Example.org:443/report.pdf#page=3 ").await.expect(StatusCode::ACCEPTED).json();
    assert_eq!((&import["url"], &import["state"]), (&json!(LINK), &json!("waiting")));
    assert_eq!(
        (&import["driveId"], &import["receivedBytes"], &import["lengthBytes"]),
        (&json!(drive), &json!(0), &Value::Null)
    );
    assert_eq!(get(&ann, &import).await, import);
    assert_eq!(ann.get("/api/v1/imports").await.json(), json!([import]));
    let (kind, payload): (String, Value) =
        sqlx::query_as("select kind, payload::jsonb from queue.jobs").fetch_one(&pool).await.unwrap();
    assert_eq!((&*kind, payload), ("import-link", json!({"importId": import["id"]})));

    let mut conn = pool.acquire().await.unwrap();
    let id: Uuid = import["id"].as_str().unwrap().parse().unwrap();
    db::imports::advance(&mut conn, id, 70, Some(100)).await.unwrap();
    let shown = get(&ann, &import).await;
    assert_eq!((&shown["receivedBytes"], &shown["lengthBytes"]), (&json!(70), &json!(100)));
    let file = ann.new_file(drive, "report.pdf", b"%PDF-").await;
    db::imports::finish(&mut conn, id, file, 100).await.unwrap();
    let shown = get(&ann, &import).await;
    assert_eq!(
        (&shown["state"], &shown["fileId"], &shown["receivedBytes"]),
        (&json!("finished"), &json!(file), &json!(100))
    );
    let cancel = format!("/api/v1/imports/{id}/cancel");
    ann.post(&cancel, json!({})).await.expect_problem(StatusCode::CONFLICT, "wrong-status");
    // Its file is deleted, and what is known of it with it.
    ann.delete(&format!("/api/v1/files/{file}")).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ann.get("/api/v1/imports").await.json(), json!([]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_import_that_failed_says_why_and_one_can_be_ended(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let import = begin(&ann, drive, LINK).await.expect(StatusCode::ACCEPTED).json();
    let job: i64 = sqlx::query_scalar("select job_id from imports").fetch_one(&pool).await.unwrap();
    let queue = queue::Queue::new(pool.clone());
    let handler = |_: queue::Job| async { Err(queue::Failure::fatal("too-large", "The file is larger than 7 bytes.")) };
    let runner = queue::Runner::builder(queue).kind("import-link", 1, handler).start();
    while queue::is_in_flight(&mut pool.acquire().await.unwrap(), JobId(job)).await.unwrap() {
        tokio::task::yield_now().await;
    }
    runner.stop(std::time::Duration::from_secs(5)).await;
    let shown = get(&ann, &import).await;
    assert_eq!((&shown["state"], &shown["code"]), (&json!("failed"), &json!("too-large")));
    assert_eq!(shown["error"], "The file is larger than 7 bytes.");
    assert!(shown["finishedAt"].is_string(), "{shown}");

    let import = begin(&ann, drive, LINK).await.expect(StatusCode::ACCEPTED).json();
    let cancel = format!("/api/v1/imports/{}/cancel", import["id"].as_str().unwrap());
    let ended = ann.post(&cancel, json!({})).await.expect(StatusCode::OK).json();
    assert_eq!(ended["state"], "cancelled");
    ann.post(&cancel, json!({})).await.expect_problem(StatusCode::CONFLICT, "wrong-status");
}

#[sqlx::test(migrations = "../../migrations")]
async fn links_that_are_none_are_refused_with_a_sentence(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let long = format!("https://example.org/{}", "x".repeat(9000));
    for url in [
        "",
        "report.pdf",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "https://a:b@example.org/",
        &long,
    ] {
        begin(&ann, drive, url).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-url");
    }
    let path = format!("/api/v1/drives/{drive}/imports");
    for body in [json!({}), json!({"url": LINK, "name": "x"}), json!({"url": 7})] {
        ann.post(&path, body).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    }
    let jobs: i64 = sqlx::query_scalar("select count(*) from queue.jobs").fetch_one(&pool).await.unwrap();
    assert_eq!(jobs, 0);
}

/// A link may have a secret in it: administrators see that there is a job, and not where it leads.
#[sqlx::test(migrations = "../../migrations")]
async fn links_are_fetched_for_editors_and_shown_to_nobody_else(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, vi, bob, admin) =
        (app.person("ann").await, app.person("vi").await, app.person("bob").await, app.admin().await);
    let drive = ann.new_drive("d").await;
    ann.share(drive, "vi@example.org", "viewer").await;
    begin(&vi, drive, LINK).await.expect(StatusCode::FORBIDDEN);
    begin(&bob, drive, LINK).await.expect(StatusCode::NOT_FOUND);
    begin(&app.stranger(), drive, LINK).await.expect(StatusCode::UNAUTHORIZED);
    let import = begin(&ann, drive, LINK).await.expect(StatusCode::ACCEPTED).json();
    let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());
    for other in [&vi, &bob, &admin] {
        other.get(&path).await.expect(StatusCode::NOT_FOUND);
        other.post(&format!("{path}/cancel"), json!({})).await.expect(StatusCode::NOT_FOUND);
        assert_eq!(other.get("/api/v1/imports").await.json(), json!([]));
    }
    let jobs = admin.get("/api/v1/jobs?kind=import-link").await.expect(StatusCode::OK);
    jobs.expect_no(b"example.org");
    assert_eq!(jobs.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(vi.get("/api/v1/jobs").await.json()["items"], json!([]));
    // Whose right ends is not fetched for any more.
    let mut conn = pool.acquire().await.unwrap();
    let id: Uuid = import["id"].as_str().unwrap().parse().unwrap();
    let found = db::imports::find(&mut conn, id).await.unwrap().unwrap();
    assert!(db::imports::is_allowed(&mut conn, &found).await.unwrap());
    db::drives::set_member(&mut conn, drive, ann.id, Role::Viewer).await.unwrap();
    assert!(!db::imports::is_allowed(&mut conn, &found).await.unwrap());
}

#[sqlx::test(migrations = "../../migrations")]
async fn l17_an_import_that_is_asked_for_again_under_its_key_is_the_same(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (drive, other) = (ann.new_drive("d").await, ann.new_drive("e").await);
    let first = begin_called(&ann, drive, LINK, "k").await.expect(StatusCode::ACCEPTED).json();
    let again = begin_called(&ann, drive, LINK, "\"k\"").await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(again, first);
    for (drive, url) in [(other, LINK), (drive, "https://example.org/other")] {
        begin_called(&ann, drive, url, "k")
            .await
            .expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused");
    }
    begin_called(&ann, drive, LINK, "two words").await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    let bobs = bob.new_drive("d").await;
    assert_ne!(begin_called(&bob, bobs, LINK, "k").await.expect(StatusCode::ACCEPTED).id(), id_of(&first));
    let at_once = (0..8).map(|_| begin_called(&ann, drive, LINK, "at-once"));
    let answers = futures_util::future::join_all(at_once).await;
    assert!(answers.iter().all(|answer| answer.id() == answers[0].id()));
    let jobs: i64 = sqlx::query_scalar("select count(*) from queue.jobs").fetch_one(&pool).await.unwrap();
    assert_eq!(jobs, 3);
    // Without a key each is its own.
    assert_ne!(begin(&ann, drive, LINK).await.id(), begin(&ann, drive, LINK).await.id());
}

fn id_of(import: &Value) -> Uuid {
    import["id"].as_str().unwrap().parse().unwrap()
}

/// Each is a job, and a request to somebody's server.
#[sqlx::test(migrations = "../../migrations")]
async fn imports_of_a_person_are_bounded(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    for _ in 0..100 {
        begin(&ann, drive, LINK).await.expect(StatusCode::ACCEPTED);
    }
    let refused = begin(&ann, drive, LINK).await.expect_problem(StatusCode::TOO_MANY_REQUESTS, "too-many-imports");
    assert_eq!(refused.header("retry-after"), "10");
    let rows: i64 = sqlx::query_scalar("select count(*) from imports").fetch_one(&pool).await.unwrap();
    assert_eq!(rows, 100, "what is refused is not there");
    let bobs = bob.new_drive("d").await;
    begin(&bob, bobs, LINK).await.expect(StatusCode::ACCEPTED);
    assert_eq!(ann.get("/api/v1/imports").await.json().as_array().unwrap().len(), 20);
}
