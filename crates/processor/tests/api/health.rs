//! Health, and requests for what is not there.

use crate::app::TestApp;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn health_is_open_and_looks_at_everything(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.send(Request::get("/health").body(Body::empty()).unwrap()).await.ok();
    assert_eq!(answer["service"], json!("processor"));
    for check in ["database", "storage", "sandbox", "queue"] {
        assert!(answer["checks"][check]["status"].is_string(), "{check}: {answer}");
    }
    for number in ["used", "total", "rss"] {
        assert!(answer["memory"][number].is_u64(), "{number}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_full_volume_is_a_degraded_service(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.reserve_bytes = 1 << 60).await;
    let answer = app.get("/health").await.ok();
    assert_eq!((&answer["status"], &answer["checks"]["storage"]["status"]), (&json!("degraded"), &json!("degraded")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_its_database_the_service_is_unhealthy(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.pool.close().await;
    let answer = app.get("/health").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (503, &json!("unhealthy")));
    assert_eq!(app.get("/readyz").await.status, 503);
    assert_eq!(app.get("/livez").await.status, 200);
    app.get("/api/job/1").await.refused(500, "internal");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_not_there_is_answered_like_everything_else(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.get("/api/nothing").await.refused(404, "not_found");
    app.get("/api/upload/single").await.refused(405, "method_not_allowed");
    assert!(!app.get("/livez").await.header("x-request-id").is_empty());
}

/// Web refused ids that the processor wrote into its log and sent back.
#[sqlx::test(migrations = "../../migrations")]
async fn a_request_id_is_taken_over_unless_it_is_forged(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answered =
        async |id: &str| app.get_with("/livez", &[("x-request-id", id)]).await.header("x-request-id").to_owned();
    assert_eq!(answered("chosen-by-web").await, "chosen-by-web");
    for forged in ["two words", "short", &"x".repeat(65)] {
        assert_ne!(answered(forged).await, forged);
    }
}

/// A hundred scans in the line degraded the service for hours, although nobody waits for them.
#[sqlx::test(migrations = "../../migrations")]
async fn a_long_line_of_what_may_wait_is_no_alarm(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let put = async |kind: &str, jobs: usize| {
        let jobs = vec![queue::NewJob::new(kind, json!({})); jobs];
        queue::enqueue_many(&mut app.pool.acquire().await.unwrap(), &jobs).await.unwrap();
        let all = app.count("select count(*) from queue.hot").await;
        // What is said is a second old at most.
        let begun = std::time::Instant::now();
        loop {
            let check = app.get("/health").await.ok()["checks"]["queue"].clone();
            if check["pending"] == all {
                return check;
            }
            assert!(begun.elapsed().as_secs() < 10, "{check}");
            tokio::task::yield_now().await;
        }
    };
    let scans = put("ocr-process", 150).await;
    assert_eq!((&scans["status"], &scans["pending"]), (&json!("healthy"), &json!(150)));
    assert_eq!(put("ingest-file", 100).await["status"], json!("healthy"));
    assert_eq!(put("ingest-file", 1).await["status"], json!("degraded"));
}
