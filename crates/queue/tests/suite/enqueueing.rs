//! Putting jobs in and finding them.

use crate::support::{greet, look};
use queue::{Filter, JobId, NewJob, Queue, Status, enqueue, enqueue_many, list};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_is_found_as_it_was_put_in(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let job = greet().priority(0).unique("k").subject("s").trace("00-a-b-01").max_attempts(7);
    let enqueued = enqueue(&mut conn, &job).await.unwrap();
    assert!(!enqueued.duplicate);
    let record = look(&pool, enqueued.id).await;
    assert_eq!(record.id.to_string().parse::<JobId>().unwrap(), enqueued.id);
    assert_eq!((record.kind.as_str(), record.status, record.priority), ("greet", Status::Pending, 0));
    assert_eq!((record.payload, record.attempts, record.max_attempts), (json!({"name": "Ada"}), 0, 7));
    assert_eq!(record.unique_key.as_deref(), Some("k"));
    assert_eq!(record.subject.as_deref(), Some("s"));
    assert_eq!(record.trace.as_deref(), Some("00-a-b-01"));
    assert_eq!((record.started_at, record.finished_at, record.errors), (None, None, vec![]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_unknown_job_is_none(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::find(&mut conn, JobId(4711)).await.unwrap(), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_exists_only_if_its_transaction_commits(pool: PgPool) {
    let mut tx = pool.begin().await.unwrap();
    let enqueued = enqueue(&mut tx, &greet().unique("k")).await.unwrap();
    tx.rollback().await.unwrap();
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(queue::find(&mut conn, enqueued.id).await.unwrap(), None);
    assert!(!enqueue(&mut conn, &greet().unique("k")).await.unwrap().duplicate);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_unique_key_is_in_flight_once(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let first = enqueue(&mut conn, &greet().unique("k")).await.unwrap();
    let second = enqueue(&mut conn, &greet().unique("k")).await.unwrap();
    assert!(second.duplicate);
    assert_eq!(second.id, first.id);
    // Waiting is in flight too.
    let delayed = enqueue(&mut conn, &greet().unique("d").delay(Duration::from_secs(60))).await.unwrap();
    assert_eq!(enqueue(&mut conn, &greet().unique("d")).await.unwrap().id, delayed.id);
    // Another key is another job, and so is none.
    assert!(!enqueue(&mut conn, &greet().unique("l")).await.unwrap().duplicate);
    assert!(!enqueue(&mut conn, &greet()).await.unwrap().duplicate);
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_two_transactions_with_one_key_the_later_waits_and_loses(pool: PgPool) {
    let mut first = pool.begin().await.unwrap();
    let winner = enqueue(&mut first, &greet().unique("k")).await.unwrap();
    let other = pool.clone();
    let later = tokio::spawn(async move { enqueue(&mut other.acquire().await.unwrap(), &greet().unique("k")).await });
    first.commit().await.unwrap();
    let later = later.await.unwrap().unwrap();
    assert!(later.duplicate);
    assert_eq!(later.id, winner.id);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_batch_keeps_all_its_jobs_in_order(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let taken = enqueue(&mut conn, &greet().unique("7")).await.unwrap();
    let jobs: Vec<NewJob> = (0..1000).map(|n| NewJob::new("batch", json!(n)).unique((n % 900).to_string())).collect();
    let enqueued = enqueue_many(&mut conn, &jobs).await.unwrap();
    assert_eq!(enqueued.len(), 1000);
    assert_eq!(enqueued[7], queue::Enqueued { id: taken.id, duplicate: true });
    assert_eq!(enqueued.iter().filter(|enqueued| enqueued.duplicate).count(), 101);
    assert_eq!(enqueued[905], queue::Enqueued { id: enqueued[5].id, duplicate: true });
    assert!(enqueued[8..900].is_sorted_by_key(|enqueued| enqueued.id));
    assert_eq!(look(&pool, enqueued[899].id).await.payload, json!(899));
    assert!(enqueue_many(&mut conn, &[]).await.unwrap().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_postgres_cannot_hold_is_replaced(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let job = NewJob::new("greet", json!({"name": "a\0b"})).unique("u\0");
    let id = enqueue(&mut conn, &job).await.unwrap().id;
    assert_eq!(look(&pool, id).await.payload, json!({"name": "a\u{fffd}b"}));
    assert!(enqueue(&mut conn, &job).await.unwrap().duplicate);
}

#[sqlx::test(migrations = "../../migrations")]
async fn lists_filter_and_page(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let mut conn = queue.pool().acquire().await.unwrap();
    let jobs: Vec<NewJob> = (0..10)
        .map(|n| {
            NewJob::new(if n % 2 == 0 { "even" } else { "odd" }, json!(n))
                .subject((n % 5).to_string())
                .unique(format!("n:{n}"))
        })
        .collect();
    let ids: Vec<JobId> = enqueue_many(&mut conn, &jobs).await.unwrap().iter().map(|enqueued| enqueued.id).collect();
    queue::cancel(&mut conn, ids[3]).await.unwrap();

    let mut check = async |filter: Filter, cursor, limit, places: &[usize]| {
        let found = list(&mut conn, &filter, cursor, limit).await.unwrap();
        let found: Vec<JobId> = found.iter().map(|record| record.id).collect();
        assert_eq!(found, places.iter().map(|&place| ids[place]).collect::<Vec<_>>(), "{filter:?}");
    };
    let all = Filter::default();
    check(all.clone(), None, 3, &[9, 8, 7]).await;
    check(all.clone(), Some(ids[7]), 3, &[6, 5, 4]).await;
    check(Filter { kind: Some("odd".into()), ..all.clone() }, None, 9, &[9, 7, 5, 3, 1]).await;
    check(Filter { status: Some(Status::Cancelled), ..all.clone() }, None, 9, &[3]).await;
    check(Filter { subject: Some("3".into()), ..all.clone() }, None, 9, &[8, 3]).await;
    check(Filter { unique_key_prefix: Some("n:4".into()), ..all.clone() }, None, 9, &[4]).await;
    check(Filter { kind: Some("none".into()), ..all }, None, 9, &[]).await;
}
