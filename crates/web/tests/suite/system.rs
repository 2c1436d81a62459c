//! What administrators see of the whole suite, and what `/health` says of it.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use db::alerts::Breach;
use db::service_status::{Report, StoreUse};
use model::Threshold;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn report(pool: &PgPool, service: &str, used: u64, store: Option<StoreUse>) {
    let memory = json!({"usedBytes": used, "limitBytes": 100, "peakBytes": 99, "oomKills": 2});
    let report = Report { service, node: "here:1", version: "0.1.0", memory, store };
    db::service_status::report(&mut pool.acquire().await.unwrap(), &report).await.unwrap();
}

async fn alert(pool: &PgPool, breaches: &[(Threshold, &str, f64)]) {
    let breach = |(threshold, subject, value): &(Threshold, &str, f64)| Breach {
        threshold: *threshold,
        subject: (*subject).into(),
        value: *value,
    };
    let breaches: Vec<Breach> = breaches.iter().map(breach).collect();
    db::alerts::replace(&mut pool.acquire().await.unwrap(), &breaches).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_system_is_shown_to_administrators_alone(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.stranger().get("/api/v1/system").await.expect(StatusCode::UNAUTHORIZED);
    app.person("ann").await.get("/api/v1/system").await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    app.admin().await.get("/api/v1/system").await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_has_programs_store_cache_queue_and_alerts(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let admin = app.admin().await;
    let empty = admin.get("/api/v1/system").await.expect(StatusCode::OK).json();
    assert_eq!((&empty["services"], &empty["disk"], &empty["points"]), (&json!([]), &json!(null), &json!([])));
    assert_eq!((&empty["cache"]["hitRate"], &empty["lastBackup"]), (&json!(null), &json!(null)));

    report(&pool, "web", 20, None).await;
    let store = StoreUse { free_bytes: 7, total_bytes: 9, cache_hits: 3, cache_misses: 1 };
    report(&pool, "processor", 95, Some(store)).await;
    // Everybody is told how much is free, and not so closely that it would tell what others do.
    assert_eq!(admin.get("/api/v1/limits").await.json()["freeBytes"], 4);
    alert(&pool, &[(Threshold::PendingJobs, "", 140.0)]).await;
    alert(&pool, &[(Threshold::Memory, "processor", 0.95)]).await;
    let sample = db::system_samples::Sample { jobs: 4, memory_share: Some(0.95), ..Default::default() };
    db::system_samples::insert(&mut pool.acquire().await.unwrap(), &sample).await.unwrap();
    sqlx::query(
        "insert into queue.finished (id, created_at, started_at, priority, attempt, max_attempts, status, kind, payload)
         values (1, now() - interval '3 s', now() - interval '1 s', 1, 1, 3, 'completed', 'ingest-file', '{}')",
    )
    .execute(&pool)
    .await
    .unwrap();

    for (label, finished, error) in
        [("one", "now() - interval '1 day'", "null"), ("two", "now()", "'The disk is full.'")]
    {
        let sql = format!(
            "insert into backups (id, label, finished_at, files, bytes, error)
             values (gen_random_uuid(), '{label}', {finished}, 3, 9, {error})"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }

    let shown = admin.get("/api/v1/system").await.expect(StatusCode::OK).json();
    let service = &shown["services"][0];
    let day_old = db::backups::latest_success(&mut pool.acquire().await.unwrap()).await.unwrap().unwrap();
    let at = day_old.finished_at.unwrap().format(&time::format_description::well_known::Rfc3339).unwrap();
    assert_eq!((day_old.label.as_str(), &shown["lastBackup"]), ("one", &json!(at)), "one that failed is none");
    let numbers = ["memoryUsedBytes", "memoryLimitBytes", "memoryPeakBytes", "oomKills"].map(|name| &service[name]);
    assert_eq!((&service["name"], &service["version"]), (&json!("processor"), &json!("0.1.0")));
    assert_eq!(numbers, [&json!(95), &json!(100), &json!(99), &json!(2)]);
    assert_eq!(shown["services"][1]["name"], "web");
    assert_eq!(shown["disk"], json!({"freeBytes": 7, "totalBytes": 9}));
    assert_eq!(shown["cache"], json!({"images": 0, "sizeBytes": 0, "hits": 3, "misses": 1, "hitRate": 0.75}));
    assert!(shown["database"]["sizeBytes"].as_u64() > Some(1 << 20) && shown["database"]["version"].is_string());
    let queue = &shown["queue"];
    assert_eq!(
        (&queue["jobsLastHour"], &queue["waitMeanMs"], &queue["waitP99Ms"]),
        (&json!(1), &json!(2000.0), &json!(2000.0))
    );
    assert_eq!((&shown["points"][0]["jobs"], &shown["points"][0]["memoryShare"]), (&json!(4), &json!(0.95)));
    let alerts: Vec<(&Value, bool)> = shown["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| (&alert["message"], alert["endedAt"].is_null()))
        .collect();
    let (memory, pending) =
        (json!("processor uses 95 % of its memory (limit 90 %)"), json!("140 jobs wait (limit 100)"));
    assert_eq!(alerts, [(&memory, true), (&pending, false)]);
    let limits: Vec<(&Value, &Value)> =
        shown["limits"].as_array().unwrap().iter().map(|limit| (&limit["name"], &limit["limit"])).collect();
    assert!(
        limits.contains(&(&json!("memory"), &json!(0.9))) && limits.contains(&(&json!("pending-jobs"), &json!(100.0)))
    );
}

/// It answers all the same: being near a limit is no reason to be restarted.
#[sqlx::test(migrations = "../../migrations")]
async fn an_alert_degrades_health_while_it_lasts(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    // What is said is a second old at most.
    let becomes = async |expected: serde_json::Value| {
        let begun = std::time::Instant::now();
        loop {
            let check = app.stranger().get("/health").await.expect(StatusCode::OK).json()["checks"]["alerts"].clone();
            if check == expected {
                return;
            }
            assert!(begun.elapsed().as_secs() < 10, "{check} is not {expected}");
            tokio::task::yield_now().await;
        }
    };
    let message = "there is no worker, so nobody looks";
    becomes(json!({"status": "degraded", "message": message})).await;
    report(&pool, "worker", 20, None).await;
    becomes(json!({"status": "healthy", "active": []})).await;
    alert(&pool, &[(Threshold::PendingJobs, "", 140.0)]).await;
    becomes(json!({"status": "degraded", "active": ["140 jobs wait (limit 100)"]})).await;
    alert(&pool, &[]).await;
    becomes(json!({"status": "healthy", "active": []})).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_queue_says_how_long_jobs_waited(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    sqlx::query(
        "insert into queue.finished (id, created_at, started_at, priority, attempt, max_attempts, status, kind, payload)
         values (1, now() - interval '3 s', now() - interval '1 s', 1, 1, 3, 'completed', 'ingest-file', '{}')",
    )
    .execute(&pool)
    .await
    .unwrap();
    let queue = app.person("ann").await.get("/api/v1/queue").await.expect(StatusCode::OK).json();
    let ingest = queue.as_array().unwrap().iter().find(|kind| kind["kind"] == "ingest-file").unwrap();
    assert_eq!((&ingest["waitMeanMs"], &ingest["waitP99Ms"]), (&json!(2000.0), &json!(2000.0)));
}
