//! Fairness between drives, on the job table itself: one drive's many files do not delay another's one.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use jobs::kinds::ingest_file::{drive_limit, new_job};
use model::ContentHash;
use queue::{Done, Job, NewJob, Queue, Runner};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::mpsc;

const SLOTS: usize = 2;
const FILES: u32 = 500;

fn file(number: u32, drive: Option<&str>) -> NewJob {
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    new_job(&ContentHash::from_digest(digest), drive_limit(drive, SLOTS))
}

async fn put(pool: &PgPool, jobs: &[NewJob]) {
    let mut tx = pool.begin().await.unwrap();
    queue::enqueue_many(&mut tx, jobs).await.unwrap();
    tx.commit().await.unwrap();
}

/// Who ran, one by one; each run takes a while.
fn slow_runner(queue: &Queue) -> (Runner, mpsc::UnboundedReceiver<String>) {
    let (sender, began) = mpsc::unbounded_channel();
    let handler = move |job: Job| {
        let sender = sender.clone();
        async move {
            sender.send(job.gate.clone().unwrap()).unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(Done::Result(json!(null)))
        }
    };
    (Runner::builder(queue.clone()).kind("ingest-file", SLOTS, handler).start(), began)
}

/// How many jobs begin before one of `limit` does.
async fn others_before(began: &mut mpsc::UnboundedReceiver<String>, limit: &str) -> usize {
    let mut others = 0;
    while began.recv().await.unwrap() != limit {
        others += 1;
    }
    others
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_drive_with_many_waiting_files_does_not_delay_another_drives_one(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    put(&pool, &(0..FILES).map(|number| file(number, Some("crowded"))).collect::<Vec<_>>()).await;
    let (runner, mut began) = slow_runner(&queue);
    queue.wake();
    for _ in 0..20 {
        began.recv().await.unwrap();
    }
    // What has begun so far is no delay of what comes only now.
    put(&pool, &[file(FILES, Some("quiet"))]).await;
    while began.try_recv().is_ok() {}
    queue.wake();
    let share = drive_limit(None, SLOTS).open.unwrap() as usize;
    let others = others_before(&mut began, "drive:quiet").await;
    assert!(others <= share + SLOTS, "{others} files of the crowded drive came first");
    // The crowded drive loses nothing by it.
    for _ in 0..50 {
        began.recv().await.unwrap();
    }
    runner.stop(Duration::from_secs(10)).await;
}

/// Uploads by services that name no drive take one drive's turn.
#[sqlx::test(migrations = "../../migrations")]
async fn files_of_no_drive_delay_a_drives_no_more_than_another_drive_would(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    put(&pool, &(0..FILES).map(|number| file(number, None)).collect::<Vec<_>>()).await;
    put(&pool, &[file(FILES, Some("quiet"))]).await;
    let (runner, mut began) = slow_runner(&queue);
    queue.wake();
    let share = drive_limit(None, SLOTS).open.unwrap() as usize;
    let others = others_before(&mut began, "drive:quiet").await;
    assert!(others <= share + SLOTS, "{others} files of no drive came first");
    runner.stop(Duration::from_secs(10)).await;
}
