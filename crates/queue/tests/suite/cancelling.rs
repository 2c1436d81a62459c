//! Cancelling jobs that wait, that are due and that run.

use crate::support::{PATIENCE, becomes, greet, look, put, runner};
use queue::{Changed, Done, Failure, JobId, Queue, Status};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::timeout;

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_that_has_not_begun_is_cancelled_at_once(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    for job in [greet().unique("k"), greet().unique("k").delay(Duration::from_secs(60))] {
        let id = put(&queue, job).await.id;
        assert_eq!(queue::cancel(&mut conn, id).await.unwrap(), Changed::Yes);
        let record = look(&pool, id).await;
        assert_eq!((record.status, record.attempts), (Status::Cancelled, 0));
        assert_eq!(queue::cancel(&mut conn, id).await.unwrap(), Changed::NotPossible(Status::Cancelled));
    }
    assert_eq!(queue::cancel(&mut conn, JobId(4711)).await.unwrap(), Changed::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_running_job_is_told_and_ends_cancelled(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().unique("k")).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::cancel(&mut conn, id).await.unwrap(), Changed::Requested);
    timeout(PATIENCE, arrived.job.cancelled().cancelled()).await.unwrap();
    let record = becomes(&pool, id, Status::Cancelled).await;
    assert_eq!(record.code.as_deref(), Some("cancelled"));
    assert!(!put(&queue, greet().unique("k")).await.duplicate);
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_that_finished_all_the_same_is_completed(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let mut tx = pool.begin().await.unwrap();
    arrived.job.finish_on(&mut tx, json!("done")).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::cancel(&mut conn, id).await.unwrap(), Changed::NotPossible(Status::Completed));
    arrived.ends(Ok(Done::FinishedInTransaction));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_cancel_that_crosses_a_retry_is_not_lost(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    // As if the worker had not heard of it yet.
    sqlx::query("update queue.hot set cancel = true").execute(&pool).await.unwrap();
    arrived.ends(Err(Failure::retry("by itself")));
    becomes(&pool, id, Status::Cancelled).await;
    runner.stop(PATIENCE).await;
}
