//! The queue's status is what SQL counts, at every moment.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;
use system_tests::{Name, Suite, eventually, samples};

const JOBS: i64 = 120;

#[tokio::test]
async fn the_status_equals_sql_at_every_poll_of_a_burst() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let uploader = processor.clone();
    let uploads = tokio::spawn(async move {
        let upload = |n| {
            let uploader = uploader.clone();
            async move { uploader.upload(&format!("{n}.png"), &samples::png(64, 48, n as u32)).await }
        };
        stream::iter(0..JOBS).map(upload).buffer_unordered(6).collect::<Vec<Value>>().await
    });
    // The answer and the two counts around it are three snapshots: what only grows lies between.
    let ended = "select count(*) from queue.finished";
    let all = "select count(*) from queue.jobs where kind = 'ingest-file'";
    let mut polls = 0;
    eventually("the burst is over", async || {
        let (ended_before, all_before) = (suite.count(ended).await, suite.count(all).await);
        let (status, body) = processor.get("/api/queue/status").await;
        let (ended_after, all_after) = (suite.count(ended).await, suite.count(all).await);
        assert!(status.is_success(), "{body}");
        let number = |name: &str| body["ingest-file"][name].as_i64().unwrap();
        let over = number("completed") + number("failed");
        let total = over + number("active") + number("pending");
        assert!((ended_before..=ended_after).contains(&over), "{ended_before} <= {over} <= {ended_after}: {body}");
        assert!((all_before..=all_after).contains(&total), "{all_before} <= {total} <= {all_after}: {body}");
        polls += 1;
        (over == JOBS).then_some(())
    })
    .await;
    assert!(polls > 1, "the burst was over before it was looked at");
    assert_eq!(uploads.await.unwrap().len(), JOBS as usize);

    // At rest there is one snapshot only.
    let (_, body) = processor.get("/api/queue/status").await;
    let rows: Vec<(String, i64)> = sqlx::query_as("select status, count(*) from queue.jobs group by status")
        .fetch_all(suite.pool())
        .await
        .unwrap();
    let sql = |status: &str| rows.iter().find(|(name, _)| name == status).map_or(0, |(_, count)| *count);
    for (name, status) in
        [("active", "processing"), ("pending", "pending"), ("completed", "completed"), ("failed", "failed")]
    {
        assert_eq!(body["ingest-file"][name].as_i64().unwrap(), sql(status), "{name} of {body}");
    }
    for kind in ["image-optimize", "text-extract", "ocr-process"] {
        assert_eq!(body[kind]["completed"], 0, "a kind without jobs is there too: {body}");
    }
}
