//! Jobs that were given up, together.

use crate::jobs::{fail_job, told, waiting};
use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

/// Files whose reading failed with these codes and errors; their jobs, and the administrator who looks.
async fn with_failures(app: &TestApp, failures: &[(&str, &str)]) -> (Client, Client, Vec<String>) {
    let (ann, admin) = (app.person("ann").await, app.admin().await);
    let drive = ann.new_drive("d").await;
    let mut jobs = vec![];
    for (number, (code, error)) in failures.iter().enumerate() {
        let uploaded = ann.upload(drive, "a.txt", &[number as u8]).await.expect(StatusCode::CREATED).json();
        let job = uploaded["jobIds"][0].as_str().unwrap().to_owned();
        fail_job(&app.pool, &job, code, error).await;
        jobs.push(job);
    }
    sqlx::query("update contents set status = 'failed'").execute(&app.pool).await.unwrap();
    (ann, admin, jobs)
}

const FAILURES: [(&str, &str); 4] =
    [("memory", "too big"), ("internal", "disk full"), ("internal", "no such device"), ("internal", "disk full again")];

#[sqlx::test(migrations = "../../migrations")]
async fn failures_are_grouped_for_administrators(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, admin, _) = with_failures(&app, &FAILURES).await;
    ann.get("/api/v1/jobs/failures").await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    app.stranger().get("/api/v1/jobs/failures").await.expect(StatusCode::UNAUTHORIZED);
    let groups = admin.get("/api/v1/jobs/failures").await.expect(StatusCode::OK).json();
    let groups: Vec<_> =
        groups.as_array().unwrap().iter().map(|group| (&group["kind"], &group["code"], &group["jobs"])).collect();
    let kind = json!("ingest-file");
    assert_eq!(groups, [(&kind, &json!("internal"), &json!(3)), (&kind, &json!("memory"), &json!(1))]);
}

/// Retries what the body names; how many, and which jobs wait now. The contents of those, and no others, wait too.
async fn retry(app: &TestApp, admin: &Client, body: Value) -> (Value, Vec<i64>) {
    let answer = admin.post("/api/v1/jobs/retry", body).await.expect(StatusCode::OK).json();
    let waiting: Vec<i64> = sqlx::query_scalar("select id from queue.jobs where status = 'pending' order by id")
        .fetch_all(&app.pool)
        .await
        .unwrap();
    let contents: Vec<i64> = sqlx::query_scalar(
        "select j.id from queue.jobs j join contents c on c.hash = j.subject where c.status = 'pending' order by j.id",
    )
    .fetch_all(&app.pool)
    .await
    .unwrap();
    assert_eq!(waiting, contents);
    (answer["retried"].clone(), waiting)
}

#[sqlx::test(migrations = "../../migrations")]
async fn all_that_failed_alike_run_again_and_their_files_wait(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, admin, jobs) = with_failures(&app, &FAILURES).await;
    let id = |place: usize| jobs[place].parse::<i64>().unwrap();
    ann.post("/api/v1/jobs/retry", json!({})).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    admin
        .post("/api/v1/jobs/retry", json!({"staus": "x"}))
        .await
        .expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    admin
        .post("/api/v1/jobs/retry", json!({"since": "x"}))
        .await
        .expect_problem(StatusCode::BAD_REQUEST, "bad-request");

    assert_eq!(retry(&app, &admin, json!({"kind": "image-optimize"})).await, (json!(0), vec![]));
    assert_eq!(retry(&app, &admin, json!({"since": "2100-01-01T00:00:00Z"})).await, (json!(0), vec![]));
    let alike = json!({"kind": "ingest-file", "code": "internal", "error": "disk full"});
    assert_eq!(retry(&app, &admin, alike).await, (json!(2), vec![id(1), id(3)]));
    let rest = json!({"since": "2000-01-01T00:00:00Z"});
    assert_eq!(retry(&app, &admin, rest).await, (json!(2), vec![id(0), id(1), id(2), id(3)]));
    assert_eq!(admin.get("/api/v1/jobs/failures").await.json(), json!([]));
}

/// Running many jobs again was no more live than running one.
#[sqlx::test(migrations = "../../migrations")]
async fn all_that_run_again_are_told_to_those_who_look_at_their_files(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, admin, _) = with_failures(&app, &FAILURES).await;
    let mut listener = told(&app.pool).await;
    retry(&app, &admin, json!({"code": "internal"})).await;
    assert_eq!(waiting(&app.pool).await.len(), 3);
    listener.recv().await.unwrap();
    retry(&app, &admin, json!({})).await;
    assert_eq!(waiting(&app.pool).await.len(), 4, "of those that did not wait already");
}
