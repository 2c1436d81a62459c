//! Single enqueues that commit together, and how much is pending.

use crate::support::{PATIENCE, becomes, greet, look, runner};
use queue::{Done, Error, NewJob, Queue, Status, pending};
use serde_json::json;
use sqlx::PgPool;
use std::collections::HashSet;
use std::time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn single_enqueues_share_commits_and_each_gets_its_own_answer(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let calls = (0..300).map(|n| queue.enqueue(NewJob::new("batch", json!(n % 250)).unique(format!("{}", n % 250))));
    let answers = futures_util::future::join_all(calls).await;
    let answers: Vec<queue::Enqueued> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.duplicate).count(), 50);
    assert_eq!(answers.iter().map(|answer| answer.id).collect::<HashSet<_>>().len(), 250);
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(look(&pool, answer.id).await.payload, json!(n % 250), "each caller has its own job");
    }
    // What the callers wait for is the commit: all rows are there for another connection.
    assert_eq!(pending(&mut pool.acquire().await.unwrap(), 1000).await.unwrap(), 250);
    let transactions: i64 =
        sqlx::query_scalar("select count(distinct xmin::text) from queue.hot").fetch_one(&pool).await.unwrap();
    assert!(transactions < 50, "{transactions} transactions for 250 jobs");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_enqueue_by_itself_wakes_a_runner(pool: PgPool) {
    let (here, there) = (Queue::new(pool.clone()), Queue::new(pool.clone()));
    let (runner, mut arrivals) = runner(&there, 1);
    let id = here.enqueue(greet()).await.unwrap().id;
    let arrived = arrivals.next().await;
    assert_eq!(arrived.job.id, id);
    arrived.ends(Ok(Done::Result(json!(null))));
    becomes(&pool, id, Status::Completed).await;
    runner.stop(PATIENCE).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_database_the_callers_are_told(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    queue.enqueue(greet()).await.unwrap();
    pool.close().await;
    let calls = (0..5).map(|_| queue.enqueue(greet()));
    for answer in futures_util::future::join_all(calls).await {
        assert!(matches!(answer, Err(Error::Interrupted | Error::Database(_))));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn pending_is_counted_up_to_what_was_asked(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let jobs: Vec<NewJob> = (0..30).map(|n| greet().delay(Duration::from_secs(60 * (n % 2)))).collect();
    queue::enqueue_many(&mut conn, &jobs).await.unwrap();
    assert_eq!(pending(&mut conn, 100).await.unwrap(), 30);
    assert_eq!(pending(&mut conn, 10).await.unwrap(), 10);
}
