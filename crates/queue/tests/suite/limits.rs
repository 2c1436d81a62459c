//! Concurrency, rates and fairness of keys.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::support::{Arrivals, PATIENCE, becomes, greet, look, put, runner};
use queue::{Done, Failure, JobId, Limit, NewJob, Queue, Status};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

fn done() -> Result<Done, Failure> {
    Ok(Done::Result(json!(null)))
}

async fn running(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from queue.hot where worker <> 0").fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn concurrency_per_key_holds_over_all_nodes(pool: PgPool) {
    let queues = [Queue::new(pool.clone()), Queue::new(pool.clone())];
    let (one, mut first) = runner(&queues[0], 10);
    let (two, mut second) = runner(&queues[1], 10);
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(put(&queues[0], greet().limit(Limit::concurrency("printer", 2))).await.id);
    }
    let other = put(&queues[0], greet()).await.id;
    let mut next = async || tokio::select! { job = first.next() => job, job = second.next() => job };
    let mut held = vec![next().await, next().await, next().await];
    assert!(held.iter().any(|arrived| arrived.job.id == other), "a key over its limit holds nobody else back");
    let mut ended = 0;
    while let Some(arrived) = held.pop() {
        assert!(running(&pool).await <= 3);
        let id = arrived.job.id;
        arrived.ends(done());
        becomes(&pool, id, Status::Completed).await;
        ended += 1;
        // One of the key ends, one begins.
        if id != other && ended + held.len() < 7 {
            held.push(next().await);
        }
    }
    assert_eq!(ended, 7);
    one.stop(PATIENCE).await;
    two.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_rate_limited_key_blocks_nobody_and_keeps_its_rate(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 100);
    let limited = || greet().limit(Limit::rate("provider", 2.0, Duration::from_secs(3600)).burst(3.0));
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(put(&queue, limited()).await.id);
    }
    let free: Vec<JobId> = {
        let mut free = Vec::new();
        for _ in 0..5 {
            free.push(put(&queue, greet()).await.id);
        }
        free
    };
    let mut began = Vec::new();
    for _ in 0..8 {
        let arrived = arrivals.next().await;
        began.push(arrived.job.id);
        arrived.ends(done());
    }
    assert!(free.iter().all(|id| began.contains(id)), "all that are not limited");
    assert_eq!(began.iter().filter(|id| ids.contains(id)).count(), 3, "a burst of three, and no more for half an hour");
    // Half an hour later there is one more token.
    // Not in the middle of an admission, which would write its own time over this one.
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(x'71756575'::integer, -3)").execute(&mut *tx).await.unwrap();
    let earlier = "update queue.gates set refilled_at = refilled_at - interval '31 minutes'";
    sqlx::query(earlier).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    queue.wake();
    let next = arrivals.next().await;
    assert!(ids.contains(&next.job.id));
    next.ends(done());
    let parked: i64 = sqlx::query_scalar("select count(*) from queue.parked").fetch_one(&pool).await.unwrap();
    assert_eq!(parked, 6);
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_rate_lets_the_next_through_by_itself(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 10);
    let begun = std::time::Instant::now();
    for _ in 0..4 {
        put(&queue, greet().limit(Limit::rate("provider", 4.0, Duration::from_secs(1)).burst(1.0))).await;
    }
    for _ in 0..4 {
        arrivals.next().await.ends(done());
    }
    // From before the bucket was there: how late the first one was says nothing.
    assert!(begun.elapsed() >= Duration::from_millis(745), "three more tokens take three quarters of a second");
    runner.stop(PATIENCE).await;
}

/// One drive with a thousand files and another's single upload: the share bounds how many go first.
#[sqlx::test(migrations = "../../migrations")]
async fn fairness_between_keys_bounds_the_line(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let file = |drive: &str| NewJob::new("greet", json!(drive)).limit(Limit::fair_share(format!("drive:{drive}"), 4));
    let mut conn = pool.acquire().await.unwrap();
    let jobs: Vec<NewJob> = (0..1000).map(|_| file("large")).collect();
    queue::enqueue_many(&mut conn, &jobs).await.unwrap();
    queue.wake();
    let (runner, mut arrivals) = runner(&queue, 1);
    arrivals.next().await.ends(done());
    let small = put(&queue, file("small")).await.id;
    let mut before = 0;
    loop {
        let arrived = arrivals.next().await;
        let id = arrived.job.id;
        arrived.ends(done());
        if id == small {
            break;
        }
        before += 1;
    }
    assert!(before <= 8, "{before} of a thousand went first, and the share is 4");
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn parked_jobs_are_cancelled_and_counted_like_others(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let limited = || greet().limit(Limit::concurrency("k", 1));
    let first = put(&queue, limited()).await.id;
    let second = put(&queue, limited().unique("u")).await.id;
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::counts(&mut conn).await.unwrap()[0].pending, 2);
    assert_eq!(look(&pool, second).await.limit_key.as_deref(), Some("k"));
    assert_eq!(queue::cancel(&mut conn, second).await.unwrap(), queue::Changed::Yes);
    assert_eq!(look(&pool, second).await.status, Status::Cancelled);
    assert!(!put(&queue, limited().unique("u")).await.duplicate);
    assert_eq!(look(&pool, first).await.status, Status::Pending);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_retried_job_counts_under_its_limit_again(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (runner, mut arrivals) = runner(&queue, 4);
    let id = put(&queue, greet().limit(Limit::concurrency("k", 1))).await.id;
    arrivals.next().await.ends(Err(Failure::Retry { error: "no".into(), after: Some(Duration::from_millis(200)) }));
    let other = put(&queue, greet().limit(Limit::concurrency("k", 1))).await.id;
    let between = arrivals.next().await;
    assert_eq!(between.job.id, other, "while the first waits, the key is free");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(arrivals.none_yet(), "the key is taken");
    between.ends(done());
    let again = arrivals.next().await;
    assert_eq!((again.job.id, again.job.attempt), (id, 2));
    again.ends(done());
    becomes(&pool, id, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn idle_limits_are_deleted_and_busy_ones_are_not(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let busy = put(&queue, greet().limit(Limit::concurrency("busy", 1))).await.id;
    let idle = put(&queue, greet().limit(Limit::concurrency("idle", 1))).await.id;
    let mut conn = pool.acquire().await.unwrap();
    queue::cancel(&mut conn, idle).await.unwrap();
    queue::maintain(&mut conn).await.unwrap();
    let keys: Vec<String> = sqlx::query_scalar("select key from queue.gates").fetch_all(&pool).await.unwrap();
    assert_eq!(keys, ["busy"]);
    let (runner, mut arrivals): (_, Arrivals) = runner(&queue, 1);
    let arrived = arrivals.next().await;
    assert_eq!(arrived.job.id, busy);
    arrived.ends(done());
    runner.stop(PATIENCE).await;
}

/// A limit is deleted when no job is in flight under it; a job that failed comes back to it days later.
#[sqlx::test(migrations = "../../migrations")]
async fn a_job_whose_limit_was_deleted_runs_again(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = pool.acquire().await.unwrap();
    let (runner, mut arrivals) = runner(&queue, 1);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = put(&queue, greet().limit(Limit::fair_share("drive", 4))).await.id;
        arrivals.next().await.ends(Err(Failure::fatal("no", "no")));
        becomes(&pool, id, Status::Failed).await;
        ids.push(id);
    }
    queue::maintain(&mut conn).await.unwrap();
    let limits: i64 = sqlx::query_scalar("select count(*) from queue.gates").fetch_one(&pool).await.unwrap();
    assert_eq!(limits, 0);
    queue::retry(&mut conn, ids[0]).await.unwrap();
    queue::replay(&mut conn, &queue::DeadLetters::default()).await.unwrap();
    queue.wake();
    for id in ids {
        let arrived = arrivals.next().await;
        assert_eq!(arrived.job.id, id);
        arrived.ends(done());
        becomes(&pool, id, Status::Completed).await;
    }
    runner.stop(PATIENCE).await;
}

/// Scans by which admission counts what a limit has in flight, one for each segment and limit it looks at.
async fn looks(conn: &mut sqlx::PgConnection) -> i64 {
    sqlx::query_scalar(
        "select sum(pg_stat_get_xact_numscans(oid))::bigint from pg_class
         where relnamespace = 'queue'::regnamespace and relname ~ '^hot_[0-9]+(_gate_idx)?$'",
    )
    .fetch_one(conn)
    .await
    .unwrap()
}

/// So many keys, each of which has its one job in flight and another parked.
async fn parked_behind(pool: &PgPool, keys: std::ops::Range<usize>) {
    let limited = |key: usize| greet().limit(Limit::concurrency(format!("key-{key:05}"), 1));
    let jobs: Vec<NewJob> = keys.flat_map(|key| [limited(key), limited(key)]).collect();
    let mut conn = pool.acquire().await.unwrap();
    for jobs in jobs.chunks(1000) {
        queue::enqueue_many(&mut conn, jobs).await.unwrap();
    }
    // Each admission looks at a part of the keys; by then it has been round.
    for _ in 0..30 {
        sqlx::query("select queue.admit()").execute(&mut *conn).await.unwrap();
    }
}

/// H5: each wake counted the jobs of every limit that had any parked, so that somebody's thousand drives slowed the queue for all.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_admission_costs_no_more_for_a_thousand_parked_limits_and_finds_the_newest_at_once(pool: PgPool) {
    let admission = async || {
        let mut tx = pool.begin().await.unwrap();
        let before = looks(&mut tx).await;
        sqlx::query("select queue.admit()").execute(&mut *tx).await.unwrap();
        let after = looks(&mut tx).await;
        tx.rollback().await.unwrap();
        after - before
    };
    parked_behind(&pool, 0..300).await;
    let few = admission().await;
    parked_behind(&pool, 300..1500).await;
    let many = admission().await;
    assert!(few > 0, "nothing was counted");
    assert!(many <= 2 * few, "{many} looks instead of {few}");
    let in_flight: i64 = sqlx::query_scalar("select count(*) from queue.hot").fetch_one(&pool).await.unwrap();
    assert_eq!(in_flight, 1500, "in turns every limit has let its one job through");

    // The last of all keys in their order, and the newest job.
    let mut conn = pool.acquire().await.unwrap();
    let newest = greet().limit(Limit::concurrency("newest", 1));
    let id = queue::enqueue(&mut conn, &newest).await.unwrap().id;
    sqlx::query("select queue.admit()").execute(&mut *conn).await.unwrap();
    let is_through: bool = sqlx::query_scalar("select exists (select from queue.hot where id = $1)")
        .bind(id.0)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert!(is_through, "whoever comes now waits for nobody's turn");
}

#[sqlx::test(migrations = "../../migrations")]
async fn pending_jobs_of_some_limits_are_counted_wherever_they_wait(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let limited = |key: &str| greet().limit(Limit::concurrency(key, 1));
    let later = limited("a").delay(Duration::from_secs(3600));
    let jobs = [limited("a"), limited("a"), limited("b"), limited("c"), later, greet()];
    queue::enqueue_many(&mut conn, &jobs).await.unwrap();
    sqlx::query("select queue.admit()").execute(&mut *conn).await.unwrap();
    let of = ["a".to_owned(), "b".to_owned()];
    assert_eq!(queue::pending_under(&mut conn, &of, 100).await.unwrap(), 4);
    assert_eq!(queue::pending_under(&mut conn, &of, 2).await.unwrap(), 2);
    assert_eq!(queue::pending_under(&mut conn, &["d".to_owned()], 100).await.unwrap(), 0);
}
