//! Workers that die, freeze and come back.

use crate::support::{PATIENCE, becomes, dies_holding, greet, look, put, runner};
use queue::{Done, Error, Queue, Reaped, Status, reap};
use serde_json::json;
use sqlx::PgPool;
use tokio::time::timeout;

#[sqlx::test(migrations = "../../migrations")]
async fn a_dead_workers_job_runs_again(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    dies_holding(&pool, id).await;
    assert_eq!(look(&pool, id).await.status, Status::Processing);
    // The runner finds the lock free and does not wait for the lease to end.
    let (runner, mut arrivals) = runner(&queue, 1);
    let again = arrivals.next().await;
    assert_eq!((again.job.id, again.job.attempt), (id, 2));
    again.ends(Ok(Done::Result(json!(null))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!((record.errors[0].attempt, record.errors[0].code.as_str()), (1, "crashed"));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_that_kills_its_process_stops_after_its_last_attempt(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let id = put(&queue, greet().max_attempts(2).unique("k")).await.id;
    dies_holding(&pool, id).await;
    assert_eq!(reap(&mut conn).await.unwrap(), Reaped { workers: 1, returned: 1, ended: 0 });
    dies_holding(&pool, id).await;
    assert_eq!(reap(&mut conn).await.unwrap(), Reaped { workers: 1, returned: 0, ended: 1 });
    let record = look(&pool, id).await;
    assert_eq!((record.status, record.code.as_deref(), record.attempts), (Status::Failed, Some("crashed"), 2));
    assert_eq!(record.errors.len(), 2);
    assert!(!put(&queue, greet().unique("k")).await.duplicate);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_cancelled_job_of_a_dead_worker_is_cancelled(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let id = put(&queue, greet()).await.id;
    dies_holding(&pool, id).await;
    queue::cancel(&mut conn, id).await.unwrap();
    assert_eq!(reap(&mut conn).await.unwrap(), Reaped { workers: 1, returned: 0, ended: 1 });
    assert_eq!(look(&pool, id).await.status, Status::Cancelled);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_living_worker_is_left_alone(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(reap(&mut conn).await.unwrap(), Reaped::default());
    arrived.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, id, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

/// What a process sees that was stopped (SIGSTOP, a paused machine) for longer than its lease: it holds its lock and its
/// jobs, and believes in both.
#[sqlx::test(migrations = "../../migrations")]
async fn a_frozen_worker_completes_nothing(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(5)).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let frozen = arrivals.next().await;
    let mut conn = pool.acquire().await.unwrap();
    sqlx::query("update queue.workers set heartbeat_at = now() - interval '21 seconds'")
        .execute(&mut *conn)
        .await
        .unwrap();
    assert_eq!(reap(&mut conn).await.unwrap(), Reaped { workers: 1, returned: 1, ended: 0 });

    let mut tx = pool.begin().await.unwrap();
    assert!(matches!(frozen.job.finish_on(&mut tx, json!("late")).await, Err(Error::ClaimLost(_))));
    tx.rollback().await.unwrap();
    frozen.ends(Ok(Done::Result(json!("late"))));
    // Its runner learns of it at the next heartbeat, takes a new lease and does the job properly.
    let again = arrivals.next().await;
    assert_eq!((again.job.id, again.job.attempt), (id, 2));
    again.ends(Ok(Done::Result(json!("in time"))));
    assert_eq!(becomes(&pool, id, Status::Completed).await.result, Some(json!("in time")));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn losing_the_lease_stops_the_handlers(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    put(&queue, greet()).await;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    sqlx::query("delete from queue.workers").execute(&pool).await.unwrap();
    timeout(PATIENCE, arrived.job.cancelled().cancelled()).await.unwrap();
    runner.stop(PATIENCE).await;
}

/// A restart of Postgres as the runner sees it: every connection ends. The lease is still good, so nothing runs twice.
#[sqlx::test(migrations = "../../migrations")]
async fn a_runner_outlives_its_connections(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let ended: i64 = sqlx::query_scalar(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and application_name = 'test queue'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(ended >= 2, "the lease and the claims, and the ends if there have been any");
    arrived.ends(Ok(Done::Result(json!("after all"))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!((record.attempts, record.result), (1, Some(json!("after all"))));
    let next = put(&queue, greet()).await.id;
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, next, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

/// The answer to a claim can be lost with the connection after the claim has been committed.
#[sqlx::test(migrations = "../../migrations")]
async fn a_claim_nobody_heard_of_is_given_back(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    put(&queue, greet()).await;
    let (runner, mut arrivals) = runner(&queue, 2);
    let first = arrivals.next().await;
    let mut conn = pool.acquire().await.unwrap();
    let unheard = queue::enqueue(&mut conn, &greet()).await.unwrap().id;
    sqlx::query(
        "update queue.hot set worker = (select id from queue.workers), attempt = 1, started_at = now() where id = $1",
    )
    .bind(unheard.0)
    .execute(&mut *conn)
    .await
    .unwrap();
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'test queue'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let second = arrivals.next().await;
    assert_eq!((second.job.id, second.job.attempt), (unheard, 1));
    for arrived in [first, second] {
        arrived.ends(Ok(Done::Result(json!(null))));
    }
    becomes(&pool, unheard, Status::Completed).await;
    runner.stop(PATIENCE).await;
}
