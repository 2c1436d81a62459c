//! Counts are what SQL counts.

use crate::support::{PATIENCE, becomes, greet, put, runner};
use queue::{Done, Failure, KindCounts, Queue, Status, counts, counts_of};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn an_empty_queue_counts_nothing_or_zeroes(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(counts(&mut conn).await.unwrap(), []);
    let zeroes = counts_of(&mut conn, &["b", "a"]).await.unwrap();
    let names: Vec<&str> = zeroes.iter().map(|counts| counts.kind.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(zeroes.iter().all(|kind| (kind.active, kind.pending, kind.completed, kind.failed) == (0, 0, 0, 0)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_status_is_counted_and_equals_sql(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 1);
    for fails in [false, true, false, false] {
        let id = put(&queue, greet()).await.id;
        let result = if fails { Err(Failure::fatal("no", "no")) } else { Ok(Done::Result(json!(null))) };
        arrivals.next().await.ends(result);
        becomes(&pool, id, if fails { Status::Failed } else { Status::Completed }).await;
    }
    put(&queue, greet()).await;
    let active = arrivals.next().await;
    put(&queue, greet()).await;
    put(&queue, greet().delay(Duration::from_secs(60))).await;
    let doomed = put(&queue, greet()).await.id;
    let mut conn = pool.acquire().await.unwrap();
    queue::cancel(&mut conn, doomed).await.unwrap();

    let all = counts(&mut conn).await.unwrap();
    let [KindCounts { kind, active: running, pending, completed, failed, cancelled, .. }] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!((kind.as_str(), *running, *pending, *completed, *failed, *cancelled), ("greet", 1, 2, 3, 1, 1));
    let sql: Vec<(String, i64)> =
        sqlx::query_as("select status, count(*) from queue.jobs group by status order by status")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let sql: Vec<(&str, i64)> = sql.iter().map(|(status, count)| (status.as_str(), *count)).collect();
    assert_eq!(sql, [("cancelled", 1), ("completed", 3), ("failed", 1), ("pending", 2), ("processing", 1)]);
    assert!(all[0].oldest_pending_s > 0.0);
    assert!(all[0].mean_ms > 0.0 && all[0].p99_ms >= all[0].mean_ms, "{all:?}");
    assert!((all[0].failed_share - 0.25).abs() < 1e-9);
    active.ends(Ok(Done::Result(json!(null))));
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    runner.stop(PATIENCE).await;
}
