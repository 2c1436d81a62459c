//! Counts are what SQL counts.

use crate::support::{PATIENCE, becomes, greet, put, runner};
use queue::{Done, Failure, KindCounts, Queue, Status, counts, counts_of, recent};
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

/// A job that ended `ended` ago, after it had run for `ran` and waited for `waited` (Postgres intervals).
async fn over(pool: &PgPool, status: &str, attempt: i16, errors: Option<&str>, [waited, ran, ended]: [&str; 3]) {
    sqlx::query(
        "insert into queue.finished (id, created_at, started_at, finished_at, priority, attempt, max_attempts, status, kind, payload,
                                     errors)
         select nextval('queue.job_ids'), at - ran - waited, at - ran, at, 1, $2, 3, $1, 'read', '{}', $3::jsonb
         from (select now() - $6::interval as at, $5::interval as ran, $4::interval as waited) times",
    )
    .bind(status)
    .bind(attempt)
    .bind(errors)
    .bind(waited)
    .bind(ran)
    .bind(ended)
    .execute(pool)
    .await
    .expect("the history takes a job that is over");
}

#[sqlx::test(migrations = "../../migrations")]
async fn waiting_is_counted_until_a_job_is_begun(pool: PgPool) {
    over(&pool, "completed", 1, None, ["1 second", "40 seconds", "5 minutes"]).await;
    over(&pool, "completed", 1, None, ["3 seconds", "2 seconds", "10 seconds"]).await;
    over(&pool, "failed", 2, Some("[]"), ["9 hours", "1 second", "10 seconds"]).await;
    over(&pool, "completed", 1, Some("[]"), ["9 days", "1 second", "10 seconds"]).await;
    over(&pool, "cancelled", 1, None, ["9 hours", "1 second", "10 seconds"]).await;
    over(&pool, "completed", 1, None, ["9 hours", "1 second", "2 hours"]).await;
    let mut conn = pool.acquire().await.unwrap();
    let [read] = counts_of(&mut conn, &["read"]).await.unwrap().try_into().unwrap();
    let KindCounts { recent: jobs, recent_failed, wait_mean_ms, wait_p99_ms, longest_ms, .. } = read;
    assert_eq!((jobs, recent_failed, wait_mean_ms, wait_p99_ms), (4, 1, 2000.0, 3000.0));
    assert_eq!(longest_ms, 2000.0, "the one of 40 seconds ended long ago");
    let minute = recent(&mut conn, Duration::from_secs(60)).await.unwrap();
    let expected = queue::Recent { jobs: 3, failed: 1, wait_mean_ms: 3000.0, wait_p99_ms: 3000.0 };
    assert_eq!(minute, expected);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_runs_for_long_is_seen_while_it_runs(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 1);
    put(&queue, greet()).await;
    let running = arrivals.next().await;
    sqlx::query("update queue.hot set started_at = now() - interval '42 seconds'").execute(&pool).await.unwrap();
    let [greeting] = counts(&mut pool.acquire().await.unwrap()).await.unwrap().try_into().unwrap();
    assert!((42_000.0..60_000.0).contains(&greeting.longest_ms), "{greeting:?}");
    running.ends(Ok(Done::Result(json!(null))));
    runner.stop(PATIENCE).await;
}
