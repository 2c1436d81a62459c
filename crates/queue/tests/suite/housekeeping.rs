//! Due jobs, days made ahead, days dropped.

use crate::support::{PATIENCE, becomes, dies_holding, greet, look, put, runner};
use queue::{Done, Queue, Status, maintain, retention};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

#[sqlx::test(migrations = "../../migrations")]
async fn a_delayed_job_runs_when_it_is_due(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 1);
    let late = put(&queue, greet().delay(Duration::from_secs(3600))).await.id;
    let soon = put(&queue, greet().delay(Duration::from_millis(300))).await.id;
    let arrived = arrivals.next().await;
    assert_eq!(arrived.job.id, soon);
    assert!(arrived.job.queued_at - arrived.job.created_at >= Duration::from_millis(250));
    arrived.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, soon, Status::Completed).await;
    assert_eq!(look(&pool, late).await.status, Status::Pending);
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn maintenance_does_by_hand_what_runners_do(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let ids = [
        put(&queue, greet().delay(DAY)).await.id,
        put(&queue, greet().delay(DAY)).await.id,
        put(&queue, greet()).await.id,
    ];
    sqlx::query("update queue.waiting set run_at = now() where id = $1")
        .bind(ids[0].0)
        .execute(&mut *conn)
        .await
        .unwrap();
    dies_holding(&pool, ids[2]).await;
    let newest: String = sqlx::query_scalar("select max(relname::text) from pg_class where relname ~ '^done_[0-9]+$'")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("drop table queue.{newest}"))).execute(&mut *conn).await.unwrap();

    let done = maintain(&mut conn).await.unwrap();
    assert_eq!((done.partitions, done.promoted, done.reaped.workers, done.reaped.returned), (1, 1, 1, 1));
    let hot: Vec<i64> = sqlx::query_scalar("select id from queue.hot where worker = 0 order by id")
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    assert_eq!(hot, [ids[0].0, ids[2].0]);
    let again = maintain(&mut conn).await.unwrap();
    assert_eq!((again.partitions, again.promoted, again.reaped.workers), (0, 0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_missing_day_fails_no_job_and_hinders_no_partition(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let today: String =
        sqlx::query_scalar("select to_char(now() at time zone 'utc', 'YYYYMMDD')").fetch_one(&mut *conn).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("drop table queue.done_{today}"))).execute(&mut *conn).await.unwrap();
    let id = put(&queue, greet()).await.id;
    queue::cancel(&mut conn, id).await.unwrap();
    assert_eq!(look(&pool, id).await.status, Status::Cancelled);
    assert_eq!(maintain(&mut conn).await.unwrap().partitions, 0);
    assert_eq!(look(&pool, id).await.status, Status::Cancelled);
}

#[sqlx::test(migrations = "../../migrations")]
async fn retention_drops_whole_days(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let id = put(&queue, greet()).await.id;
    queue::cancel(&mut conn, id).await.unwrap();
    // Three days ago, made as the days are made.
    let name: String = sqlx::query_scalar("select to_char((now() at time zone 'utc')::date - 3, 'YYYYMMDD')")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "create table queue.done_{name} partition of queue.done for values from ('{name} 00:00+00') to (timestamptz '{name} 00:00+00' + interval '1 day')"
    )))
    .execute(&mut *conn)
    .await
    .unwrap();
    sqlx::query(
        "insert into queue.finished (id, priority, attempt, max_attempts, created_at, finished_at, status, kind, payload)
         select nextval('queue.job_ids'), 1, 1, 1, day, day, 'completed', 'old', '{}'
         from unnest(array[now() - interval '72 hours', now() - interval '10 days']) day",
    )
    .execute(&mut *conn)
    .await
    .unwrap();
    assert_eq!(retention(&mut conn, 5 * DAY, 5 * DAY).await.unwrap(), 0);
    let kinds = "select string_agg(kind, ',' order by kind) from queue.finished";
    assert_eq!(
        sqlx::query_scalar::<_, String>(kinds).fetch_one(&mut *conn).await.unwrap(),
        "greet,old",
        "the default partition's row is gone"
    );
    assert_eq!(retention(&mut conn, DAY, 5 * DAY).await.unwrap(), 1);
    assert_eq!(sqlx::query_scalar::<_, String>(kinds).fetch_one(&mut *conn).await.unwrap(), "greet");
    assert_eq!(look(&pool, id).await.status, Status::Cancelled);
}
