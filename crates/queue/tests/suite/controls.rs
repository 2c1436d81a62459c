//! Pausing, progress, timeouts, putting off, dead letters.

use crate::support::{PATIENCE, becomes, greet, look, put, runner};
use queue::{
    Changed, DeadLetters, Done, Error, Failure, Job, KindOptions, NewJob, Progress, Queue, Runner, Status,
    dead_letters, pause, paused, replay, resume,
};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn a_paused_kind_is_not_claimed_until_it_is_resumed(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let (runner, mut arrivals) = runner(&queue, 4);
    put(&queue, greet()).await;
    let running = arrivals.next().await;
    pause(&mut conn, "greet", Some("the printer is out of paper")).await.unwrap();
    pause(&mut conn, "greet", None).await.unwrap();
    let known = paused(&mut conn).await.unwrap();
    assert_eq!(known[0].reason.as_deref(), Some("the printer is out of paper"));
    assert!(queue::counts(&mut conn).await.unwrap()[0].paused);
    let id = put(&queue, greet()).await.id;
    running.ends(Ok(Done::Result(json!(null))));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(arrivals.none_yet());
    assert_eq!(look(&pool, id).await.status, Status::Pending);
    assert!(resume(&mut conn, "greet").await.unwrap());
    let arrived = arrivals.next().await;
    assert_eq!(arrived.job.id, id);
    arrived.ends(Ok(Done::Result(json!(null))));
    assert!(!resume(&mut conn, "greet").await.unwrap());
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn progress_is_seen_while_the_attempt_lasts(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let (runner, mut arrivals) = runner(&queue, 1);
    let id = put(&queue, greet()).await.id;
    let arrived = arrivals.next().await;
    assert_eq!(look(&pool, id).await.progress, None);
    arrived.job.progress(&mut conn, 40, "page 4 of 10").await.unwrap();
    assert_eq!(look(&pool, id).await.progress, Some(Progress { percent: 40, stage: "page 4 of 10".into() }));
    let job = arrived.job.clone();
    // The row has been written to since the claim, and is completed all the same.
    arrived.ends(Ok(Done::Result(json!("done"))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!((record.progress, record.result), (None, Some(json!("done"))));
    assert!(matches!(job.progress(&mut conn, 50, "late").await, Err(Error::ClaimLost(_))));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_attempt_past_its_timeout_is_stopped_and_tried_again(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let handler = async |job: Job| {
        if job.attempt == 1 {
            job.cancelled().cancelled().await;
        }
        Ok::<_, Failure>(Done::Result(json!(job.attempt)))
            .and_then(|done| if job.attempt == 1 { Err(Failure::fatal("stopped", "was told to")) } else { Ok(done) })
    };
    let options = KindOptions::slots(2).timeout(Duration::from_secs(3600));
    let runner = Runner::builder(queue.clone()).kind("slow", options, handler).start();
    let job = NewJob::new("slow", json!(null)).timeout(Duration::from_millis(100));
    let id = put(&queue, job).await.id;
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!((record.attempts, record.result), (2, Some(json!(2))));
    assert_eq!(record.errors[0].code, "timeout");
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_snoozed_job_keeps_its_attempts(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 1);
    let id = put(&queue, greet().max_attempts(1).unique("k")).await.id;
    for _ in 0..3 {
        let arrived = arrivals.next().await;
        assert_eq!((arrived.job.id, arrived.job.attempt), (id, 1));
        arrived.ends(Ok(Done::Snooze(Duration::from_millis(50))));
    }
    assert!(put(&queue, greet().unique("k")).await.duplicate, "it is in flight all the time");
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!((record.attempts, record.errors.len()), (1, 0));
    runner.stop(PATIENCE).await;
}

async fn fails(
    queue: &Queue,
    arrivals: &mut crate::support::Arrivals,
    job: NewJob,
    code: &str,
    error: &str,
) -> queue::JobId {
    let id = put(queue, job).await.id;
    arrivals.next().await.ends(Err(Failure::fatal(code, error)));
    becomes(queue.pool(), id, Status::Failed).await;
    id
}

#[sqlx::test(migrations = "../../migrations")]
async fn dead_letters_are_grouped_and_replayed_by_error(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let (runner, mut arrivals) = runner(&queue, 1);
    let mut disk = Vec::new();
    for n in 0..3 {
        let job = greet().unique(format!("k{n}"));
        disk.push(fails(&queue, &mut arrivals, job, "io", "no space left on device").await);
    }
    let other = fails(&queue, &mut arrivals, greet(), "bad", "not a greeting").await;
    let groups = dead_letters(&mut conn).await.unwrap();
    assert_eq!((groups[0].code.as_str(), groups[0].jobs), ("io", 3));
    assert_eq!((groups[1].code.as_str(), groups[1].jobs), ("bad", 1));
    // Of one the key has been taken in the meantime: it stays.
    let taken = put(&queue, greet().unique("k2").delay(Duration::from_secs(60))).await.id;
    let which = DeadLetters { error: Some("no space".into()), ..DeadLetters::default() };
    assert_eq!(replay(&mut conn, &which).await.unwrap(), 2);
    queue.wake();
    for id in &disk[..2] {
        let arrived = arrivals.next().await;
        assert_eq!((arrived.job.id, arrived.job.attempt), (*id, 1), "with all its attempts");
        arrived.ends(Ok(Done::Result(json!(null))));
        let record = becomes(&pool, *id, Status::Completed).await;
        assert_eq!(record.errors.len(), 1, "and its history");
    }
    assert_eq!(look(&pool, disk[2]).await.status, Status::Failed);
    assert_eq!(look(&pool, other).await.status, Status::Failed);
    queue::cancel(&mut conn, taken).await.unwrap();
    assert_eq!(queue::retry(&mut conn, disk[2]).await.unwrap(), Changed::Yes);
    let counts = queue::counts(&mut conn).await.unwrap();
    assert_eq!((counts[0].completed, counts[0].failed, counts[0].cancelled), (2, 1, 1));
    queue.wake();
    arrivals.next().await.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, disk[2], Status::Completed).await;
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn dead_letters_outlive_what_went_well(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    sqlx::query(
        "select queue.make_partitions((now() at time zone 'utc')::date - 10, (now() at time zone 'utc')::date - 10)",
    )
    .execute(&mut *conn)
    .await
    .unwrap();
    for (id, status) in [(1i64, "completed"), (2, "failed")] {
        sqlx::query(
            "insert into queue.finished (id, priority, attempt, max_attempts, created_at, finished_at, status, kind, payload)
             values ($1, 1, 1, 1, now(), now() - interval '10 days', $2, 'old', '{}')",
        )
        .bind(id)
        .bind(status)
        .execute(&mut *conn)
        .await
        .unwrap();
        sqlx::query("insert into queue.tallies values ((now() at time zone 'utc')::date - 10, 'old', $1, 1)")
            .bind(status)
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    let day = Duration::from_secs(86_400);
    assert_eq!(queue::retention(&mut conn, 5 * day, 30 * day).await.unwrap(), 1);
    let counts = queue::counts(&mut conn).await.unwrap();
    assert_eq!((counts[0].completed, counts[0].failed), (0, 1));
    assert_eq!(replay(&mut conn, &DeadLetters::default()).await.unwrap(), 1);
    assert_eq!(queue.pool().size(), 1);
}
