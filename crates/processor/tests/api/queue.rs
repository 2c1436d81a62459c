//! The queue as its operator sees it: pauses, progress, whose turn a file takes.

use crate::app::{Form, TestApp};
use axum::body::Body;
use axum::http::Request;
use queue::{Done, Job, Runner};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::mpsc;

#[sqlx::test(migrations = "../../migrations")]
async fn a_kind_is_paused_and_resumed(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let paused = async || app.get("/api/queue/status").await.ok()["ingest-file"]["paused"].clone();
    assert_eq!(paused().await, json!(false));
    for _ in 0..2 {
        let body = app.post("/api/queue/ingest-file/pause", json!({})).await.ok();
        assert_eq!(body, json!({"success": true, "kind": "ingest-file", "paused": true}));
    }
    assert_eq!(paused().await, json!(true));
    assert_eq!(app.get("/api/queue/status").await.ok()["image-optimize"]["paused"], json!(false));

    // An upload is taken, and waits.
    let (sender, mut began) = mpsc::unbounded_channel();
    let handler = move |job: Job| {
        sender.send(job.id).unwrap();
        async { Ok(Done::Result(json!(null))) }
    };
    let runner = Runner::builder(app.state.context.queue.clone()).kind("ingest-file", 1, handler).start();
    app.upload("a.txt", b"hello").await;
    assert!(tokio::time::timeout(Duration::from_millis(500), began.recv()).await.is_err(), "it is paused");
    for _ in 0..2 {
        let body = app.post("/api/queue/ingest-file/resume", json!({})).await.ok();
        assert_eq!(body["paused"], json!(false));
    }
    assert!(began.recv().await.is_some());
    runner.stop(Duration::from_secs(5)).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_a_service_may_pause_and_only_what_there_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for what in ["pause", "resume"] {
        let stranger = Request::post(format!("/api/queue/ingest-file/{what}")).body(Body::empty()).unwrap();
        app.send(stranger).await.refused(401, "unauthorized");
        app.post(&format!("/api/queue/nonsense/{what}"), json!({})).await.refused(404, "kind_not_found");
    }
    assert_eq!(app.count("select count(*) from queue.paused").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_running_job_says_how_far_it_is(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (sender, mut began) = mpsc::unbounded_channel();
    let stop = tokio_util::sync::CancellationToken::new();
    let until = stop.clone();
    let handler = move |job: Job| {
        let (pool, sender, until) = (pool.clone(), sender.clone(), until.clone());
        async move {
            job.progress(&mut *pool.acquire().await?, 40, "page").await?;
            sender.send(job.id).unwrap();
            until.cancelled().await;
            Ok(Done::Result(json!(null)))
        }
    };
    let runner = Runner::builder(app.state.context.queue.clone()).kind("ingest-file", 1, handler).start();
    app.upload("a.txt", b"hello").await;
    let path = format!("/api/job/{}", began.recv().await.unwrap());
    let job = app.get(&path).await.ok();
    assert_eq!((&job["status"], &job["progress"]), (&json!("processing"), &json!({"percent": 40, "stage": "page"})));
    stop.cancel();
    runner.stop(Duration::from_secs(5)).await;
    let job = app.get(&path).await.ok();
    assert_eq!((&job["status"], job.get("progress")), (&json!("completed"), None));
}

/// So that one person's many files do not delay another's: fairness itself is proved on the job table.
#[sqlx::test(migrations = "../../migrations")]
async fn a_file_takes_its_persons_turn(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for (bytes, person) in [(b"one", Some("clx0user")), (b"two", None)] {
        let form = Form::new().text("driveId", "clx0drive").file("file", "a.txt", bytes);
        // A field behind the file counts too.
        let form = person.into_iter().fold(form, |form, person| form.text("userId", person));
        app.post_form("/api/upload/single", form).await.ok();
    }
    let limits: Vec<(String, i32)> =
        sqlx::query_as("select jobs.gate, open from queue.jobs join queue.gates on gates.key = jobs.gate order by id")
            .fetch_all(&app.pool)
            .await
            .unwrap();
    assert_eq!(limits, [("person:clx0user".into(), 8), ("no-person".into(), 8)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_status_says_how_long_jobs_waited(pool: PgPool) {
    let app = TestApp::new(pool).await;
    sqlx::query(
        "insert into queue.finished (id, created_at, started_at, priority, attempt, max_attempts, status, kind, payload)
         values (1, now() - interval '3 s', now() - interval '1 s', 1, 1, 3, 'completed', 'ingest-file', '{}')",
    )
    .execute(&app.pool)
    .await
    .unwrap();
    let ingest = app.get("/api/queue/status").await.ok()["ingest-file"].clone();
    assert_eq!((&ingest["waitMeanMs"], &ingest["waitP99Ms"]), (&json!(2000.0), &json!(2000.0)));
}
