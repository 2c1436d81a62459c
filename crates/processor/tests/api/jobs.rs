//! Single jobs, and reading a page's file again.

use crate::app::{Form, TestApp};
use model::Outcome;
use queue::{Failure, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

/// Uploads a file whose job fails for good, and gives the job's id.
async fn failed_ingest(app: &TestApp) -> String {
    let body = app.post_form("/api/upload/single", Form::new().file("file", "a.txt", b"hello")).await.ok();
    let id = body["jobIds"][0].as_str().unwrap().to_owned();
    let fail = async |_| Err(Failure::fatal("malformed", "It is broken."));
    let runner = Runner::builder(app.state.context.queue.clone()).kind("ingest-file", 1, fail).start();
    loop {
        let job = queue::find(&mut app.pool.acquire().await.unwrap(), id.parse().unwrap()).await.unwrap().unwrap();
        if job.status == Status::Failed {
            break;
        }
        tokio::task::yield_now().await;
    }
    runner.stop(Duration::from_secs(5)).await;
    id
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_failed_job_says_why_and_can_be_tried_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let id = failed_ingest(&app).await;
    let hash = crate::app::HELLO.parse().unwrap();
    let mut conn = app.pool.acquire().await.unwrap();
    let outcome = Outcome::Internal { detail: "It is broken.".into() };
    db::contents::finish(&mut conn, &hash, &model::Report::of(outcome)).await.unwrap();

    let job = app.get(&format!("/api/job/{id}")).await.ok();
    assert_eq!(
        (&job["status"], &job["code"], &job["error"]),
        (&json!("failed"), &json!("malformed"), &json!("It is broken."))
    );
    assert_eq!(job["attempts"], json!(1));
    assert!(job["completedAt"].is_string());

    let body = app.post(&format!("/api/job/{id}/retry"), json!({})).await.ok();
    assert_eq!(body, json!({"success": true, "jobId": id, "status": "pending"}));
    let content = db::contents::find(&mut conn, &hash).await.unwrap().unwrap();
    assert_eq!(content.status, model::ContentStatus::Pending);
    // A retry was not live: no event said that the file waits again.
    assert_eq!(app.count("select count(*) from events where kind = 'file.status'").await, 1);
    app.post(&format!("/api/job/{id}/retry"), json!({})).await.refused(409, "conflict");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_whose_work_is_under_way_again_is_not_doubled(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let id = failed_ingest(&app).await;
    let mut conn = app.pool.acquire().await.unwrap();
    queue::enqueue(
        &mut conn,
        &jobs::kinds::ingest_file::new_job(
            &crate::app::HELLO.parse().unwrap(),
            queue::Limit::fair_share("no-person", 8),
        ),
    )
    .await
    .unwrap();
    app.post(&format!("/api/job/{id}/retry"), json!({})).await.refused(409, "conflict");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_waiting_job_can_be_cancelled(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = app.post_form("/api/upload/single", Form::new().file("file", "a.txt", b"hello")).await.ok();
    let path = format!("/api/job/{}", body["jobIds"][0].as_str().unwrap());
    assert_eq!(app.post(&format!("{path}/cancel"), json!({})).await.ok()["status"], json!("cancelled"));
    let job = app.get(&path).await.ok();
    assert_eq!((&job["status"], &job["code"]), (&json!("failed"), &json!("cancelled")), "PageSpace knows four states");
    app.post(&format!("{path}/cancel"), json!({})).await.refused(409, "conflict");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_nobody_knows_is_not_found(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for id in ["99", "abc", "-1", "99999999999999999999", "%00"] {
        app.get(&format!("/api/job/{id}")).await.refused(404, "job_not_found");
        app.post(&format!("/api/job/{id}/retry"), json!({})).await.refused(404, "job_not_found");
        app.post(&format!("/api/job/{id}/cancel"), json!({})).await.refused(404, "job_not_found");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pages_file_is_read_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let form = Form::new().text("pageId", "page-1").file("file", "a.txt", b"hello");
    let uploaded = app.post_form("/api/upload/single", form).await.ok();
    let under_way = app.post("/api/ingest/by-page/page-1", json!({})).await.ok();
    assert_eq!(under_way["jobId"], uploaded["jobIds"][0], "it is being read already");

    app.finish(&crate::app::HELLO.parse().unwrap(), Outcome::Ok).await;
    let body = app.post("/api/ingest/by-page/page-1", json!({})).await.ok();
    assert_eq!(body["success"], json!(true));
    assert_ne!(body["jobId"], uploaded["jobIds"][0]);
    assert_eq!(app.count("select count(*) from contents where status = 'pending'").await, 1);
    assert_eq!(app.count("select count(*) from events where kind = 'file.status'").await, 1);

    for unknown in ["page-2", "%00", "..%2fx"] {
        app.post(&format!("/api/ingest/by-page/{unknown}"), json!({})).await.refused(404, "page_not_found");
    }
}
