//! Jobs as people see them.

use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use uuid::Uuid;

/// Uploads a file; its id and its job's.
async fn upload(client: &Client, drive: Uuid, bytes: &[u8]) -> (String, String) {
    let answer = client.upload(drive, "a.txt", bytes).await.expect(StatusCode::CREATED).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&answer["file"]["id"]), text(&answer["jobIds"][0]))
}

/// Gives a pending job up, as a runner would.
pub async fn fail_job(pool: &PgPool, job: &str, code: &str, error: &str) {
    let (code, error, subject) = (code.to_owned(), error.to_owned(), job.to_owned());
    let mut conn = pool.acquire().await.unwrap();
    let id: queue::JobId = subject.parse().unwrap();
    let handler = move |job: queue::Job| {
        let failure = queue::Failure::fatal(code.clone(), &error);
        async move { if job.id == id { Err(failure) } else { Ok(queue::Done::Snooze(std::time::Duration::ZERO)) } }
    };
    let runner = queue::Runner::builder(queue::Queue::new(pool.clone())).kind("ingest-file", 100, handler).start();
    while queue::find(&mut conn, id).await.unwrap().unwrap().status != queue::Status::Failed {
        tokio::task::yield_now().await;
    }
    runner.stop(std::time::Duration::from_secs(5)).await;
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

/// A retry was not live: no event was written, and every other browser went on showing "Failed".
#[sqlx::test(migrations = "../../migrations")]
async fn a_retry_is_told_to_all_who_look_at_its_files(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let (anns_file, job) = upload(&ann, anns, b"same").await;
    let (bobs_file, _) = upload(&bob, bobs, b"same").await;
    fail_job(&pool, &job, "memory", "too big").await;
    sqlx::query("update contents set status = 'failed'").execute(&pool).await.unwrap();
    let mut listener = told(&pool).await;
    ann.post(&format!("/api/v1/jobs/{job}/retry"), json!({})).await.expect(StatusCode::OK);
    assert_eq!(waiting(&pool).await, [(anns, anns_file), (bobs, bobs_file)]);
    listener.recv().await.unwrap();
}

/// Hears that there are new events.
pub async fn told(pool: &PgPool) -> PgListener {
    let mut listener = PgListener::connect_with(pool).await.unwrap();
    listener.listen(model::CHANNEL).await.unwrap();
    listener
}

/// The files that events say wait to be read, with their drives.
pub async fn waiting(pool: &PgPool) -> Vec<(Uuid, String)> {
    sqlx::query_as(
        "select drive_id, file_id::text from events
         where kind = 'file.status' and data ->> 'status' = 'pending' and data ? 'contentHash' order by id",
    )
    .fetch_all(pool)
    .await
    .unwrap()
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
    assert_eq!(counts.len(), model::KINDS.len());
    let is_waiting = |kind: &serde_json::Value| kind["kind"] == "ingest-file" && kind["pending"] == 1;
    assert!(counts.iter().any(|kind| is_waiting(kind) && kind["label"] == "Process file"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn jobs_are_found_by_status_kind_file_content_and_error(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let ((file, one), (other_file, two)) = (upload(&ann, drive, b"one").await, upload(&ann, drive, b"two").await);
    let (_, three) = upload(&ann, drive, b"three").await;
    fail_job(&pool, &two, "crashed", "the reader died of signal 11").await;
    let seen = ann.get(&format!("/api/v1/jobs/{one}")).await.json();
    let hash = seen["contentHash"].as_str().unwrap();
    for (query, expected) in [
        ("status=failed".to_owned(), vec![&two]),
        ("status=pending".to_owned(), vec![&three, &one]),
        ("kind=ingest-file".to_owned(), vec![&three, &two, &one]),
        ("kind=image-optimize".to_owned(), vec![]),
        (format!("fileId={file}"), vec![&one]),
        (format!("contentHash={hash}"), vec![&one]),
        (format!("contentHash={hash}&status=failed"), vec![]),
        (format!("fileId={other_file}&error=signal%2011"), vec![&two]),
        (format!("fileId={file}&error=100%25"), vec![]),
        ("error=&fileId=&status=&contentHash=".to_owned(), vec![&three, &two, &one]),
    ] {
        let page = ann.get(&format!("/api/v1/jobs?{query}")).await.expect(StatusCode::OK).json();
        let found: Vec<&str> =
            page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{query}");
    }
    let not_acceptable = StatusCode::UNPROCESSABLE_ENTITY;
    ann.get("/api/v1/jobs?contentHash=x").await.expect_problem(not_acceptable, "invalid-hash");
    let other = format!("/api/v1/jobs?fileId={file}&contentHash={}", "a".repeat(64));
    ann.get(&other).await.expect_problem(not_acceptable, "invalid-filter");
    for file in [file.as_str(), "x"] {
        bob.get(&format!("/api/v1/jobs?fileId={file}")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    }
    assert_eq!(bob.get(&format!("/api/v1/jobs?contentHash={hash}")).await.json()["items"], json!([]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_running_job_says_how_far_it_is(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let (_, job) = upload(&ann, drive, b"a").await;
    let path = format!("/api/v1/jobs/{job}");
    assert_eq!(ann.get(&path).await.json()["progress"], json!(null));
    let (sender, mut began) = tokio::sync::mpsc::unbounded_channel();
    let handler = move |job: queue::Job| {
        let (pool, sender) = (pool.clone(), sender.clone());
        async move {
            job.progress(&mut *pool.acquire().await?, 40, "page").await?;
            sender.send(()).unwrap();
            std::future::pending().await
        }
    };
    let _runner = queue::Runner::builder(queue::Queue::new(app.pool.clone())).kind("ingest-file", 1, handler).start();
    began.recv().await.unwrap();
    let seen = ann.get(&path).await.json();
    assert_eq!((&seen["status"], &seen["progress"]), (&json!("processing"), &json!({"percent": 40, "stage": "page"})));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_kind_is_paused_and_resumed_by_administrators(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, admin) = (app.person("ann").await, app.admin().await);
    let post = async |client: &Client, path: &str| client.post(&format!("/api/v1/queue/{path}"), json!({})).await;
    for what in ["pause", "resume"] {
        post(&ann, &format!("ingest-file/{what}")).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
        post(&admin, &format!("nonsense/{what}")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    }
    let paused = async || {
        let counts = ann.get("/api/v1/queue").await.json();
        let paused = counts.as_array().unwrap().iter().filter(|kind| kind["paused"] == true);
        paused.map(|kind| kind["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let answer = post(&admin, "ingest-file/pause").await.expect(StatusCode::OK).json();
    assert_eq!((&answer["kind"], &answer["paused"]), (&json!("ingest-file"), &json!(true)));
    assert_eq!(paused().await, ["ingest-file"]);
    for _ in 0..2 {
        assert_eq!(post(&admin, "ingest-file/resume").await.expect(StatusCode::OK).json()["paused"], false);
    }
    assert!(paused().await.is_empty());
}

/// L3: a page of hidden jobs was empty and had a cursor, whose value was the number of one of them, and `status`, `kind` and `error`
/// asked about it.
#[sqlx::test(migrations = "../../migrations")]
async fn l3_hidden_jobs_leave_no_cursor(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob, admin) = (app.person("ann").await, app.person("bob").await, app.admin().await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    upload(&ann, anns, b"secret").await;
    let (_, own) = upload(&bob, bobs, b"his own").await;
    let hash: String = sqlx::query_scalar("select content_hash from files order by created_at limit 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    for page in 0..30 {
        let job = queue::NewJob::new("ocr-external", json!({"contentHash": hash, "page": page})).subject(&hash);
        queue::enqueue(&mut pool.acquire().await.unwrap(), &job).await.unwrap();
    }
    for query in [
        format!("contentHash={hash}&limit=1"),
        format!("contentHash={hash}&kind=ocr-external"),
        "kind=ocr-external&limit=1".into(),
    ] {
        let page = bob.get(&format!("/api/v1/jobs?{query}")).await.expect(StatusCode::OK).json();
        assert_eq!(page, json!({"items": []}), "{query}");
        assert!(!admin.get(&format!("/api/v1/jobs?{query}")).await.json()["items"].as_array().unwrap().is_empty());
    }
    let page = bob.get("/api/v1/jobs?limit=1").await.expect(StatusCode::OK).json();
    assert_eq!((&page["items"][0]["id"], page.get("nextCursor")), (&json!(own), None));
    assert!(ann.get("/api/v1/jobs?limit=1").await.json()["nextCursor"].is_string());
}

/// M2: the jobs of a content that others had before told when, and so did whether one could be cancelled.
#[sqlx::test(migrations = "../../migrations")]
async fn m2_jobs_tell_nothing_from_before_ones_own_file(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let (_, first) = upload(&ann, anns, b"same").await;
    fail_job(&pool, &first, "crashed", "the reader died").await;
    let mut conn = pool.acquire().await.unwrap();
    let hash = queue::find(&mut conn, first.parse().unwrap()).await.unwrap().unwrap().subject.unwrap();
    let known = queue::NewJob::new("image-optimize", json!({"contentHash": hash})).subject(&hash);
    let running = queue::enqueue(&mut conn, &known).await.unwrap().id;
    let (file, second) = upload(&bob, bobs, b"same").await;

    let page = bob.get("/api/v1/jobs").await.expect(StatusCode::OK).json();
    let seen: Vec<&str> = page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap()).collect();
    assert_eq!(seen, [second.clone(), running.to_string()]);
    bob.get(&format!("/api/v1/jobs/{first}")).await.expect(StatusCode::NOT_FOUND);
    let created = bob.get(&format!("/api/v1/files/{file}")).await.json()["createdAt"].clone();
    let listed = bob.get(&format!("/api/v1/files/{file}/jobs")).await.json();
    assert_eq!(listed[1]["createdAt"], created, "the job is older than the file");
    assert_eq!(ann.get("/api/v1/jobs").await.json()["items"].as_array().unwrap().len(), 3);

    // A job that is about bob's file alone, and one that is over.
    let job = queue::NewJob::new("ingest-file", json!({"contentHash": hash, "fileId": file})).subject(&hash);
    let known = queue::enqueue(&mut conn, &job).await.unwrap().id;
    bob.get(&format!("/api/v1/jobs/{known}")).await.expect(StatusCode::OK);
    ann.get(&format!("/api/v1/jobs/{known}")).await.expect(StatusCode::NOT_FOUND);
    fail_job(&pool, &second, "crashed", "the reader died").await;
    let cancel = format!("/api/v1/jobs/{second}/cancel");
    bob.post(&cancel, json!({})).await.expect_problem(StatusCode::CONFLICT, "wrong-status");
}
