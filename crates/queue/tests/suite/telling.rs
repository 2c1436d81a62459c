//! What the crate says of itself: its metrics and its README.

use crate::support::{PATIENCE, becomes, put};
use metrics_exporter_prometheus::PrometheusBuilder;
use queue::{Done, Failure, Job, NewJob, Queue, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use std::path::Path;

#[sqlx::test(migrations = "../../migrations")]
async fn metrics_are_told_by_kind_and_outcome(pool: PgPool) {
    let metrics = PrometheusBuilder::new().install_recorder().unwrap();
    let queue = Queue::new(pool.clone());
    let handler = async |job: Job| {
        if job.payload == json!("good") { Ok(Done::Result(json!(null))) } else { Err(Failure::fatal("bad", "bad")) }
    };
    let runner = Runner::builder(queue.clone()).kind("told", 1, handler).start();
    for (payload, status) in [("good", Status::Completed), ("good", Status::Completed), ("bad", Status::Failed)] {
        let id = put(&queue, NewJob::new("told", json!(payload))).await.id;
        becomes(&pool, id, status).await;
    }
    runner.stop(PATIENCE).await;
    let text = metrics.render();
    for line in [
        r#"queue_jobs_total{kind="told",outcome="completed"} 2"#,
        r#"queue_jobs_total{kind="told",outcome="failed"} 1"#,
        r#"queue_job_wait_seconds_count{kind="told"} 3"#,
        r#"queue_job_duration_seconds_count{kind="told"} 3"#,
        r#"queue_oldest_pending_seconds{kind="told"} 0"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// The table of features names a test for each; a test that is renamed or removed takes its feature's proof with it.
#[test]
fn the_readme_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["src", "tests/suite"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let table = readme.split_once("| --- | --- | --- |\n").unwrap().1.split("\n\n").next().unwrap();
    let mut named = 0;
    for row in table.lines().filter(|row| row.starts_with("| ") && !row.contains("| below |")) {
        let tests: Vec<&str> =
            row.rsplit('|').nth(1).unwrap().split(',').map(|test| test.trim().trim_matches('`')).collect();
        for test in tests {
            assert!(sources.contains(&format!("fn {test}(")), "{test}, of {row}");
            named += 1;
        }
    }
    assert!(named > 25, "only {named} tests are named");
}
