//! Attempts that fail: retries, backoff, giving up, trying again by hand.

use crate::support::{PATIENCE, becomes, greet, look, put, runner};
use queue::{Changed, Done, Failure, Job, JobId, Queue, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

fn at_once(error: &str) -> Result<Done, Failure> {
    Err(Failure::Retry { error: error.into(), after: Some(Duration::ZERO) })
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_failed_attempt_is_tried_again_and_remembered(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(3)).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(at_once("first\0"));
    let second = arrivals.next().await;
    assert!(!second.job.is_last_attempt());
    second.ends(at_once("second"));
    let third = arrivals.next().await;
    assert!(third.job.is_last_attempt());
    third.ends(Ok(Done::Result(json!("third time lucky"))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!(record.attempts, 3);
    let errors: Vec<_> =
        record.errors.iter().map(|error| (error.attempt, error.code.as_str(), error.error.as_str())).collect();
    assert_eq!(errors, [(1, "retry", "first\u{fffd}"), (2, "retry", "second")]);
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_that_always_fails_is_given_up(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(2).unique("k")).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(at_once("one"));
    arrivals.next().await.ends(at_once("two"));
    let record = becomes(&pool, id, Status::Failed).await;
    assert_eq!((record.code.as_deref(), record.error.as_deref(), record.attempts), (Some("retry"), Some("two"), 2));
    assert_eq!(record.errors.len(), 2);
    runner.stop(PATIENCE).await;
    assert!(!put(&queue, greet().unique("k")).await.duplicate, "the key is free");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_final_failure_is_not_tried_again(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(Err(Failure::fatal("malformed", "not a picture")));
    let record = becomes(&pool, id, Status::Failed).await;
    assert_eq!((record.code.as_deref(), record.error.as_deref()), (Some("malformed"), Some("not a picture")));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn fail_on_ends_the_job_in_the_handlers_transaction(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().unique("k")).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    let mut tx = pool.begin().await.unwrap();
    arrived.job.fail_on(&mut tx, "memory", "too large").await.unwrap();
    assert_eq!(look(&pool, id).await.status, Status::Processing, "not before the commit");
    tx.commit().await.unwrap();
    arrived.ends(Ok(Done::FinishedInTransaction));
    let record = look(&pool, id).await;
    assert_eq!((record.status, record.code.as_deref(), record.errors.len()), (Status::Failed, Some("memory"), 1));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_panic_is_a_failed_attempt(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(1)).await.id;
    let panics = |_: Job| async { panic!("on purpose, by a test") };
    let runner = Runner::builder(queue.clone()).kind("greet", 1, panics).start();
    let record = becomes(&pool, id, Status::Failed).await;
    assert_eq!(record.error.as_deref(), Some("the handler panicked: on purpose, by a test"));
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_false_already_is_a_failed_attempt(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(1)).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(Ok(Done::FinishedInTransaction));
    becomes(&pool, id, Status::Failed).await;
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn between_attempts_a_job_waits(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet()).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(Err(Failure::Retry { error: "later".into(), after: Some(Duration::from_secs(3600)) }));
    let record = becomes(&pool, id, Status::Pending).await;
    let wait = record.run_at.unwrap() - time::OffsetDateTime::now_utc();
    assert!(wait > Duration::from_secs(3500), "{wait}");
    // Somebody cannot wait.
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::retry(&mut conn, id).await.unwrap(), Changed::Yes);
    queue.wake();
    let again = arrivals.next().await;
    assert_eq!(again.job.attempt, 2);
    again.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, id, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_failed_job_can_be_run_again_with_all_its_attempts(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let id = put(&queue, greet().max_attempts(1).unique("k")).await.id;
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(at_once("broken"));
    becomes(&pool, id, Status::Failed).await;
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::retry(&mut conn, id).await.unwrap(), Changed::Yes);
    assert!(put(&queue, greet().unique("k")).await.duplicate, "it has its key again");
    let again = arrivals.next().await;
    assert_eq!((again.job.id, again.job.attempt), (id, 1));
    assert_eq!(queue::retry(&mut conn, id).await.unwrap(), Changed::NotPossible(Status::Processing));
    again.ends(Ok(Done::Result(json!(null))));
    let record = becomes(&pool, id, Status::Completed).await;
    assert_eq!(record.errors.len(), 1, "the history stays");
    assert_eq!(queue::retry(&mut conn, id).await.unwrap(), Changed::NotPossible(Status::Completed));
    assert_eq!(queue::retry(&mut conn, JobId(4711)).await.unwrap(), Changed::NotFound);
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn running_again_is_refused_while_the_key_is_taken(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let old = put(&queue, greet().unique("k")).await.id;
    assert_eq!(queue::cancel(&mut conn, old).await.unwrap(), Changed::Yes);
    let new = put(&queue, greet().unique("k")).await.id;
    assert_ne!(new, old);
    assert_eq!(queue::retry(&mut conn, old).await.unwrap(), Changed::KeyTaken(new));
    let record = look(&pool, old).await;
    assert_eq!(record.status, Status::Cancelled, "the refusal changed nothing");
    assert_eq!(queue::cancel(&mut conn, new).await.unwrap(), Changed::Yes);
    assert_eq!(queue::retry(&mut conn, old).await.unwrap(), Changed::Yes);
}
