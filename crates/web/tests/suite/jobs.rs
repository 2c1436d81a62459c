//! Jobs as people see them.

use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// Uploads a file; its id and its job's.
async fn upload(client: &Client, drive: Uuid, bytes: &[u8]) -> (String, String) {
    let answer = client.upload(drive, "a.txt", bytes).await.expect(StatusCode::CREATED).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&answer["file"]["id"]), text(&answer["jobIds"][0]))
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_is_seen_through_a_file_it_is_about(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob, admin) = (app.person("ann").await, app.person("bob").await, app.admin().await);
    let drive = ann.new_drive("d").await;
    let (file, job) = upload(&ann, drive, b"a").await;
    let seen = ann.get(&format!("/api/v1/jobs/{job}")).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&seen["kind"], &seen["status"], &seen["fileId"]),
        (&json!("ingest-file"), &json!("pending"), &json!(file))
    );
    assert_eq!(ann.get(&format!("/api/v1/files/{file}/jobs")).await.json()[0]["id"], json!(job));
    assert_eq!(ann.get("/api/v1/jobs").await.json()["items"].as_array().unwrap().len(), 1);

    bob.get(&format!("/api/v1/jobs/{job}")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    bob.post(&format!("/api/v1/jobs/{job}/cancel"), json!({})).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(bob.get("/api/v1/jobs").await.json()["items"], json!([]));
    assert_eq!(admin.get("/api/v1/jobs").await.json()["items"][0]["id"], json!(job));
    ann.get("/api/v1/jobs/123456").await.expect(StatusCode::NOT_FOUND);
    ann.get("/api/v1/jobs/x").await.expect(StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../../migrations")]
async fn pages_of_jobs_skip_what_is_somebody_elses(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let mut own = vec![];
    for n in 0..12u8 {
        let client = if n % 3 == 0 { &ann } else { &bob };
        let (_, job) = upload(client, if n % 3 == 0 { anns } else { bobs }, &[n]).await;
        own.extend((n % 3 == 0).then_some(job));
    }
    own.reverse();
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = ann.get(&format!("/api/v1/jobs?limit=3&cursor={cursor}")).await.expect(StatusCode::OK).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, own);
    assert_eq!(ann.get("/api/v1/jobs?kind=ocr-process").await.json()["items"], json!([]));
    ann.get("/api/v1/jobs?status=odd").await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-status");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_is_cancelled_and_run_again_by_those_who_may_change_its_file(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, vi) = (app.person("ann").await, app.person("vi").await);
    let drive = ann.new_drive("d").await;
    ann.share(drive, "vi@example.org", "viewer").await;
    let (file, job) = upload(&ann, drive, b"a").await;
    let (cancel, retry) = (format!("/api/v1/jobs/{job}/cancel"), format!("/api/v1/jobs/{job}/retry"));
    vi.post(&cancel, json!({})).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(ann.post(&cancel, json!({})).await.expect(StatusCode::OK).json()["status"], "cancelled");
    ann.post(&cancel, json!({})).await.expect_problem(StatusCode::CONFLICT, "wrong-status");
    sqlx::query("update contents set status = 'failed'").execute(&pool).await.unwrap();
    vi.post(&retry, json!({})).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(ann.post(&retry, json!({})).await.expect(StatusCode::OK).json()["status"], "pending");
    assert_eq!(ann.get(&format!("/api/v1/files/{file}")).await.json()["status"], "pending");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_others_wait_for_is_not_cancelled_by_one(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob, admin) = (app.person("ann").await, app.person("bob").await, app.admin().await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let (_, job) = upload(&ann, anns, b"same").await;
    upload(&bob, bobs, b"same").await;
    let cancel = format!("/api/v1/jobs/{job}/cancel");
    ann.post(&cancel, json!({})).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    admin.post(&cancel, json!({})).await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_queue_counts_every_kind(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    upload(&ann, drive, b"a").await;
    let counts = ann.get("/api/v1/queue").await.expect(StatusCode::OK).json();
    let counts = counts.as_array().unwrap();
    assert_eq!(counts.len(), model::JobKind::ALL.len());
    assert!(counts.iter().any(|kind| kind["kind"] == "ingest-file" && kind["pending"] == 1));
}
