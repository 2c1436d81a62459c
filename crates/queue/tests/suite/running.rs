//! The runner: claiming, completing, waking, stopping.

use crate::support::{PATIENCE, becomes, greet, look, put, runner};
use queue::{Done, Error, Failure, Job, NewJob, Queue, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, timeout};

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_runs_and_its_result_is_kept(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    assert_eq!((arrived.job.id, arrived.job.attempt, &arrived.job.payload), (id, 1, &json!({"name": "Ada"})));
    assert_eq!(look(&pool, id).await.status, Status::Processing);
    arrived.ends(Ok(Done::Result(json!({"said": "hello\0"}))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!(record.result, Some(json!({"said": "hello\u{fffd}"})));
    assert!(record.finished_at >= record.started_at && record.started_at.is_some());
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_notification_starts_a_job_long_before_the_poll(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 4);
    put(&queue, greet()).await;
    // The runner is there once a first job has come; from now on it waits.
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    // Another process's wake: only the notification can tell.
    let elsewhere = Queue::new(pool.clone());
    let begun = Instant::now();
    for _ in 0..20 {
        put(&elsewhere, greet()).await;
        arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "20 jobs took {:?}: the runner polls", begun.elapsed());
    runner.stop(PATIENCE).await;
}

/// For programs that end right after: what a spawned task would still have sent ends with them.
#[sqlx::test(migrations = "../../migrations")]
async fn a_program_that_ends_now_can_wait_for_its_notification(pool: PgPool) {
    let mut listener = PgListener::connect_with(&pool).await.unwrap();
    listener.listen("queue").await.unwrap();
    Queue::new(pool.clone()).notify().await.unwrap();
    let heard = timeout(PATIENCE, listener.recv()).await.expect("a notification was sent").unwrap();
    assert!(heard.payload().parse::<usize>().is_ok_and(|segment| segment < 16), "{heard:?} names no segment");
    // Its connection is the pool's, which waits for it.
    drop(listener);
    assert!(matches!(Queue::new(closed(pool).await).notify().await, Err(Error::Database(_))));
}

async fn closed(pool: PgPool) -> PgPool {
    pool.close().await;
    pool
}

#[sqlx::test(migrations = "../../migrations")]
async fn slots_bound_each_kind(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    for _ in 0..5 {
        put(&queue, greet()).await;
    }
    let (runner, mut arrivals) = runner(&queue, 2);
    let first = arrivals.next().await;
    let second = arrivals.next().await;
    let active: i64 =
        sqlx::query_scalar("select count(*) from queue.hot where worker <> 0").fetch_one(&pool).await.unwrap();
    assert_eq!(active, 2);
    assert!(arrivals.none_yet());
    first.ends(Ok(Done::Result(json!(1))));
    let third = arrivals.next().await;
    assert!(arrivals.none_yet());
    for arrived in [second, third] {
        arrived.ends(Ok(Done::Result(json!(1))));
    }
    arrivals.next().await.ends(Ok(Done::Result(json!(1))));
    arrivals.next().await.ends(Ok(Done::Result(json!(1))));
    runner.stop(PATIENCE).await;
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from queue.finished").fetch_one(&pool).await.unwrap(), 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn high_runs_before_normal_before_low_and_old_before_new(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    for (priority, n) in [(2, 5), (1, 3), (0, 1), (1, 4), (0, 2), (2, 6)] {
        put(&queue, NewJob::new("greet", json!(n)).priority(priority)).await;
    }
    let (runner, mut arrivals) = runner(&queue, 1);
    for n in 1..=6 {
        let arrived = arrivals.next().await;
        assert_eq!(arrived.job.payload, json!(n));
        arrived.ends(Ok(Done::Result(json!(null))));
    }
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_runner_takes_only_kinds_it_knows(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let stranger = put(&queue, NewJob::new("stranger", json!(null)).priority(0)).await.id;
    put(&queue, greet()).await;
    let (runner, mut arrivals) = runner(&queue, 5);
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    runner.stop(PATIENCE).await;
    assert_eq!(look(&pool, stranger).await.status, Status::Pending);
}

#[sqlx::test(migrations = "../../migrations")]
async fn many_runners_run_every_job_once(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (ran, mut runs) = unbounded_channel();
    let runners: Vec<Runner> = (0..3)
        .map(|_| {
            let ran = ran.clone();
            let handler = move |job: Job| {
                let ran = ran.clone();
                async move {
                    ran.send(job.id).map_err(Failure::retry)?;
                    Ok(Done::Result(json!(null)))
                }
            };
            Runner::builder(Queue::new(pool.clone())).kind("greet", 20, handler).start()
        })
        .collect();
    let jobs: Vec<NewJob> = (0..2000).map(|_| greet()).collect();
    let mut conn = pool.acquire().await.unwrap();
    let enqueued = queue::enqueue_many(&mut conn, &jobs).await.unwrap();
    queue.wake();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..enqueued.len() {
        let id = timeout(PATIENCE, runs.recv()).await.unwrap().unwrap();
        assert!(seen.insert(id), "job {id} ran twice");
    }
    for runner in runners {
        runner.stop(PATIENCE).await;
    }
    let finished: i64 =
        sqlx::query_scalar("select count(distinct id) from queue.finished").fetch_one(&pool).await.unwrap();
    let rows: i64 = sqlx::query_scalar("select count(*) from queue.jobs").fetch_one(&pool).await.unwrap();
    assert_eq!((finished, rows), (2000, 2000));
}

#[sqlx::test(migrations = "../../migrations")]
async fn finish_on_commits_with_the_handlers_work(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    sqlx::query("create table work (job bigint)").execute(&pool).await.unwrap();
    let id = put(&queue, greet().unique("k")).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("insert into work values ($1)").bind(arrived.job.id.0).execute(&mut *tx).await.unwrap();
    arrived.job.finish_on(&mut tx, json!("both")).await.unwrap();
    assert_eq!(look(&pool, id).await.status, Status::Processing, "not before the commit");
    tx.commit().await.unwrap();
    arrived.ends(Ok(Done::FinishedInTransaction));
    let record = look(&pool, id).await;
    assert_eq!((record.status, record.result), (Status::Completed, Some(json!("both"))));
    runner.stop(PATIENCE).await;
    assert!(!put(&queue, greet().unique("k")).await.duplicate, "the key is free again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn finish_on_rolls_back_with_the_transaction(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let mut tx = pool.begin().await.unwrap();
    arrived.job.finish_on(&mut tx, json!("never")).await.unwrap();
    assert!(matches!(arrived.job.finish_on(&mut tx, json!("twice")).await, Err(Error::ClaimLost(lost)) if lost == id));
    tx.rollback().await.unwrap();
    assert_eq!(look(&pool, id).await.status, Status::Processing);
    arrived.ends(Err(Failure::Retry { error: "rolled back".into(), after: Some(Duration::ZERO) }));
    let again = arrivals.next().await;
    assert_eq!((again.job.id, again.job.attempt), (id, 2));
    again.ends(Ok(Done::Result(json!("at last"))));
    becomes(&pool, id, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn stop_lets_running_jobs_finish(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let later = put(&queue, greet()).await.id;
    let stop = tokio::spawn(runner.stop(PATIENCE));
    arrived.ends(Ok(Done::Result(json!("in time"))));
    timeout(PATIENCE, stop).await.unwrap().unwrap();
    assert_eq!(look(&pool, id).await.status, Status::Completed);
    assert_eq!(look(&pool, later).await.status, Status::Pending, "nothing new is claimed");
    let workers: i64 = sqlx::query_scalar("select count(*) from queue.workers").fetch_one(&pool).await.unwrap();
    assert_eq!(workers, 0, "it has left");
}

#[sqlx::test(migrations = "../../migrations")]
async fn stop_hands_back_what_does_not_finish(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(1)).await.id;
    let dropped = Arc::new(AtomicUsize::new(0));
    let (begun, mut begins) = unbounded_channel();
    let (counter, kind) = (dropped.clone(), "greet");
    let deaf = move |_: Job| {
        let (counter, begun) = (OnDrop(counter.clone()), begun.clone());
        async move {
            let _counter = counter;
            begun.send(()).map_err(Failure::retry)?;
            std::future::pending().await
        }
    };
    let runner = Runner::builder(queue.clone()).kind(kind, 1, deaf).start();
    timeout(PATIENCE, begins.recv()).await.unwrap().unwrap();
    timeout(PATIENCE, runner.stop(Duration::ZERO)).await.unwrap();
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "the handler is gone before its job is handed back");
    let record = look(&pool, id).await;
    assert_eq!((record.status, record.attempts, record.errors), (Status::Pending, 0, vec![]));
    let (runner, mut arrivals) = crate::support::runner(&queue, 1);
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, id, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Claims that do not lock what they choose are for backlogs; whoever holds a row of one for long holds up nobody but its job.
#[sqlx::test(migrations = "../../migrations")]
async fn a_backlog_does_not_wait_for_a_row_that_somebody_holds(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let jobs: Vec<NewJob> = (0..200).map(|_| greet()).collect();
    let mut conn = pool.acquire().await.unwrap();
    let held = queue::enqueue_many(&mut conn, &jobs).await.unwrap()[150].id;
    let mut tx = pool.begin().await.unwrap();
    let sql = "select id from queue.hot where id = $1 for update";
    sqlx::query(sql).bind(held.0).execute(&mut *tx).await.unwrap();

    let (runner, mut arrivals) = runner(&queue, 20);
    for _ in 0..jobs.len() - 1 {
        let arrived = arrivals.next().await;
        assert_ne!(arrived.job.id, held);
        arrived.ends(Ok(Done::Result(json!(null))));
    }
    tx.rollback().await.unwrap();
    let arrived = arrivals.next().await;
    assert_eq!(arrived.job.id, held);
    arrived.ends(Ok(Done::Result(json!(null))));
    runner.stop(PATIENCE).await;
}
