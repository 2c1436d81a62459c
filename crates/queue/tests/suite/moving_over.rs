//! A database of the release before: every job keeps its number, its state and its history.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::support::{PATIENCE, becomes, look, runner};
use queue::{Changed, Done, JobId, Queue, Status};
use serde_json::json;
use sqlx::PgPool;
use std::path::Path;

/// Runs the migrations of these versions, as the migrator would.
async fn migrate(pool: &PgPool, versions: std::ops::Range<u32>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let version: u32 = file.file_name().unwrap().to_str().unwrap()[..4].parse().unwrap();
        if versions.contains(&version) {
            let sql = std::fs::read_to_string(&file).unwrap();
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.unwrap();
        }
    }
}

#[sqlx::test(migrations = false)]
async fn jobs_of_the_old_table_are_all_there_and_run(pool: PgPool) {
    migrate(&pool, 0..20).await;
    sqlx::raw_sql(
        "insert into queue.workers (node) values ('old');
         insert into queue.hot (id, priority, max_attempts, kind, payload, unique_key, subject)
         values (nextval('queue.job_ids'), 0, 3, 'greet', '{\"name\": \"due\"}', 'k', 's');
         insert into queue.hot (id, priority, attempt, max_attempts, worker, started_at, kind, payload)
         values (nextval('queue.job_ids'), 1, 1, 3, 1, now(), 'greet', '{\"name\": \"running\"}');
         insert into queue.waiting (id, priority, max_attempts, run_at, kind, payload)
         values (nextval('queue.job_ids'), 1, 3, now() + interval '1 hour', 'greet', '{\"name\": \"waiting\"}');
         insert into queue.keys values ('k', 1);
         insert into queue.finished (id, priority, attempt, max_attempts, created_at, started_at, finished_at, status, kind,
                                     payload, result, errors)
         select nextval('queue.job_ids'), 1, 1, 1, at, at, at, status, 'greet', '{}', '{\"n\": 1}', '[]'
         from unnest(array['completed', 'failed', 'cancelled']) status, unnest(array[now(), now() - interval '20 days']) at",
    )
    .execute(&pool)
    .await
    .unwrap();
    migrate(&pool, 20..10_000).await;

    let mut conn = pool.acquire().await.unwrap();
    let counts = queue::counts(&mut conn).await.unwrap();
    let numbers = (counts[0].active, counts[0].pending, counts[0].completed, counts[0].failed, counts[0].cancelled);
    assert_eq!(numbers, (1, 2, 2, 2, 2));
    assert_eq!(look(&pool, JobId(1)).await.subject.as_deref(), Some("s"));
    assert_eq!(look(&pool, JobId(4)).await.result, Some(json!({"n": 1})));
    let strays: i64 = sqlx::query_scalar(
        "select (select count(*) from queue.done_default) + (select count(*) from queue.dead_default)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(strays, 0, "old days have partitions, which retention drops");

    let queue = Queue::new(pool.clone());
    assert_eq!(queue::cancel(&mut conn, JobId(3)).await.unwrap(), Changed::Yes);
    assert!(queue.enqueue(queue::NewJob::new("greet", json!(null)).unique("k")).await.unwrap().duplicate);
    let (runner, mut arrivals) = runner(&queue, 2);
    for _ in 0..2 {
        arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    }
    for id in [1, 2] {
        becomes(&pool, JobId(id), Status::Completed).await;
    }
    let next = queue.enqueue(queue::NewJob::new("other", json!(null))).await.unwrap();
    assert!(next.id > JobId(9), "numbers go on");
    runner.stop(PATIENCE).await;
}
