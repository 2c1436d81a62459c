//! Waiting for one job.

use crate::support::{PATIENCE, greet, look, put, runner};
use futures_util::FutureExt;
use queue::{Done, Failure, JobId, Queue, Status};
use serde_json::json;
use sqlx::PgPool;
use tokio::time::timeout;

#[sqlx::test(migrations = "../../migrations")]
async fn waiting_ends_with_the_job_however_it_ends(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 1);
    for (result, status) in
        [(Ok(Done::Result(json!(null))), Status::Completed), (Err(Failure::fatal("bad", "bad")), Status::Failed)]
    {
        let id = put(&queue, greet()).await.id;
        arrivals.next().await.ends(result);
        timeout(PATIENCE, queue.wait_until_over(id)).await.unwrap().unwrap();
        assert_eq!(look(&pool, id).await.status, status);
    }

    let committed = put(&queue, greet()).await.id;
    let arrived = arrivals.next().await;
    let mut tx = pool.begin().await.unwrap();
    arrived.job.finish_on(&mut tx, json!(null)).await.unwrap();
    tx.commit().await.unwrap();
    arrived.ends(Ok(Done::FinishedInTransaction));
    timeout(PATIENCE, queue.wait_until_over(committed)).await.unwrap().unwrap();

    let cancelled = put(&queue, greet().delay(PATIENCE)).await.id;
    queue::cancel(&mut pool.acquire().await.unwrap(), cancelled).await.unwrap();
    timeout(PATIENCE, queue.wait_until_over(cancelled)).await.unwrap().unwrap();
    runner.stop(PATIENCE).await;
}

/// Wherever a job in flight stands: due, delayed, between two attempts, parked, running.
#[sqlx::test(migrations = "../../migrations")]
async fn a_job_in_flight_is_in_flight_in_every_table(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let limited = || greet().limit(queue::Limit::concurrency("k", 1));
    let jobs = [greet(), greet().delay(PATIENCE), limited(), limited()];
    let mut ids = Vec::new();
    for job in jobs {
        ids.push(put(&queue, job).await.id);
    }
    let mut conn = pool.acquire().await.unwrap();
    for id in ids {
        assert!(queue::is_in_flight(&mut conn, id).await.unwrap(), "{id}");
    }
    assert!(!queue::is_in_flight(&mut conn, JobId(i64::MAX)).await.unwrap());
    timeout(PATIENCE, queue.wait_until_over(JobId(i64::MAX))).await.unwrap().unwrap();
}

/// A caller's bound is the caller's: waiting itself goes on as long as the job.
#[sqlx::test(migrations = "../../migrations")]
async fn a_snoozed_job_is_still_waited_for(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 1);
    let id = put(&queue, greet()).await.id;
    arrivals.next().await.ends(Ok(Done::Snooze(std::time::Duration::ZERO)));
    let again = arrivals.next().await;
    let mut waiting = Box::pin(queue.wait_until_over(id));
    assert!(waiting.as_mut().now_or_never().is_none());
    again.ends(Ok(Done::Result(json!(null))));
    timeout(PATIENCE, waiting).await.unwrap().unwrap();
    runner.stop(PATIENCE).await;
}
