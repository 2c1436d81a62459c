//! Aging: low priorities are done at last.

use crate::support::{becomes, put};
use queue::{Done, Job, NewJob, Queue, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Endless high-priority work in one slot: without aging the low job would never run.
#[sqlx::test(migrations = "../../migrations")]
async fn low_priority_ages_and_finishes_under_endless_high_load(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let over = Arc::new(AtomicBool::new(false));
    let feed = {
        let (queue, over) = (queue.clone(), over.clone());
        async move {
            while !over.load(Ordering::Relaxed) {
                let mut conn = queue.pool().acquire().await.unwrap();
                let pending = queue::pending(&mut conn, 200).await.unwrap();
                let jobs: Vec<NewJob> = (pending..100).map(|_| NewJob::new("p", json!("high")).priority(0)).collect();
                queue::enqueue_many(&mut conn, &jobs).await.unwrap();
                drop(conn);
                queue.wake();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    let feed = tokio::spawn(feed);
    while queue::pending(&mut pool.acquire().await.unwrap(), 1).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    let low = put(&queue, NewJob::new("p", json!("low")).priority(2)).await.id;
    let handler = async |_: Job| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(Done::Result(json!(null)))
    };
    let runner = Runner::builder(queue.clone()).aging(Duration::from_secs(1)).kind("p", 1, handler).start();
    let record = becomes(&pool, low, Status::Completed).await;
    let waited = record.started_at.unwrap() - record.created_at;
    assert!(waited >= Duration::from_secs(2), "it became high after twice a second, not before: {waited}");
    let mut conn = pool.acquire().await.unwrap();
    let counts = queue::counts(&mut conn).await.unwrap();
    assert!(counts[0].pending > 0, "high ones were there all the time");
    over.store(true, Ordering::Relaxed);
    feed.await.unwrap();
    runner.stop(Duration::ZERO).await;
}
