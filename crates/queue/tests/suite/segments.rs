//! The ring of segments: it is rotated, nothing is lost in it, and what is done takes no room.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::support::{PATIENCE, becomes, dies_holding, greet, look, put};
use queue::{Done, Job, JobId, NewJob, Queue, Runner, Status, enqueue_many};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn rotate(conn: &mut PgConnection) {
    sqlx::query("select queue.turn(1)").execute(conn).await.unwrap();
}

async fn current(conn: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select last_value::integer from queue.current_segment").fetch_one(conn).await.unwrap()
}

async fn bytes(conn: &mut PgConnection, segment: i32) -> i64 {
    let sql = "select pg_relation_size(('queue.hot_' || $1)::regclass)";
    sqlx::query_scalar(sql).bind(segment).fetch_one(conn).await.unwrap()
}

fn counting(queue: &Queue) -> (Runner, Arc<AtomicUsize>) {
    let done = Arc::new(AtomicUsize::new(0));
    let counter = done.clone();
    let handler = move |_: Job| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Ok(Done::Result(json!(null))) }
    };
    (Runner::builder(queue.clone()).kind("greet", 100, handler).start(), done)
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_job_of_every_segment_runs_once_while_the_ring_is_rotated(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let (runner, done) = counting(&queue);
    let mut ids: Vec<JobId> = Vec::new();
    for _ in 0..60 {
        let jobs: Vec<NewJob> = (0..50).map(|_| greet()).collect();
        ids.extend(enqueue_many(&mut conn, &jobs).await.unwrap().iter().map(|enqueued| enqueued.id));
        queue.wake();
        rotate(&mut conn).await;
    }
    becomes(&pool, *ids.last().unwrap(), Status::Completed).await;
    for id in &ids {
        becomes(&pool, *id, Status::Completed).await;
    }
    assert_eq!(done.load(Ordering::Relaxed), 3000);
    let finished: i64 = sqlx::query_scalar("select count(*) from queue.finished").fetch_one(&mut *conn).await.unwrap();
    assert_eq!(finished, 3000);
    runner.stop(PATIENCE).await;
    rotate(&mut conn).await;
    let now = current(&mut conn).await;
    for segment in (0..16).filter(|&segment| segment != now) {
        assert_eq!(bytes(&mut conn, segment).await, 0, "segment {segment} is empty and has been truncated");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_segment_in_use_is_not_truncated_and_does_not_stop_the_others(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let old = put(&queue, greet()).await.id;
    dies_holding(&pool, old).await;
    for _ in 0..40 {
        put(&queue, greet().priority(2)).await;
        rotate(&mut conn).await;
    }
    assert_eq!(look(&pool, old).await.status, Status::Processing, "a running job stays where it is");
    let now = current(&mut conn).await;
    assert_eq!(now, 15, "the ring stops before the segment of a running job");
    let (runner, done) = counting(&queue);
    becomes(&pool, old, Status::Completed).await;
    while done.load(Ordering::Relaxed) < 41 {
        tokio::task::yield_now().await;
    }
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_few_old_jobs_are_moved_on_and_keep_their_place_in_line(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let old = put(&queue, greet()).await.id;
    for _ in 0..40 {
        put(&queue, greet()).await;
        rotate(&mut conn).await;
    }
    let jobs: i64 = sqlx::query_scalar("select count(*) from queue.hot").fetch_one(&mut *conn).await.unwrap();
    assert_eq!(jobs, 41);
    let first: i64 =
        sqlx::query_scalar("select id from queue.hot order by place limit 1").fetch_one(&mut *conn).await.unwrap();
    assert_eq!(JobId(first), old);
    let moved: i16 = sqlx::query_scalar("select segment from queue.hot where id = $1")
        .bind(old.0)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_ne!(moved, 0);
    let (runner, done) = counting(&queue);
    while done.load(Ordering::Relaxed) < 41 {
        tokio::task::yield_now().await;
    }
    runner.stop(PATIENCE).await;
}

/// An insert chooses its segment when it begins. When the ring goes round before it commits, its job is in a segment that was
/// thought empty.
#[sqlx::test(migrations = "../../migrations")]
async fn a_late_commit_is_found_in_a_segment_that_has_long_been_left(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let (runner, done) = counting(&queue);
    let mut late = pool.begin().await.unwrap();
    let id = queue::enqueue(&mut late, &greet()).await.unwrap().id;
    for _ in 0..5 {
        let job = put(&queue, greet()).await.id;
        becomes(&pool, job, Status::Completed).await;
        rotate(&mut conn).await;
    }
    assert!(current(&mut conn).await >= 4);
    late.commit().await.unwrap();
    queue.wake();
    becomes(&pool, id, Status::Completed).await;
    assert_eq!(done.load(Ordering::Relaxed), 6);
    runner.stop(PATIENCE).await;
}
