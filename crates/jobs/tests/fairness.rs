//! Fairness between people, on the job table itself: one person's many jobs do not delay another's one, over however many drives.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use jobs::kinds::{image_optimize, ingest_file};
use jobs::person_limit;
use model::{ContentHash, JobKind, Preset};
use queue::{Done, Job, NewJob, Queue, Runner};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::mpsc;

const SLOTS: usize = 2;
const FILES: u32 = 500;

fn hash(number: u32) -> ContentHash {
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    ContentHash::from_digest(digest)
}

fn file(number: u32, person: Option<&str>) -> NewJob {
    ingest_file::new_job(&hash(number), person_limit(JobKind::IngestFile, person, SLOTS))
}

fn image(number: u32, person: Option<&str>) -> NewJob {
    let limit = person_limit(JobKind::ImageOptimize, person, SLOTS);
    image_optimize::new_job(&hash(number), Preset::named("preview").unwrap(), limit)
}

async fn put(pool: &PgPool, jobs: &[NewJob]) {
    let mut tx = pool.begin().await.unwrap();
    queue::enqueue_many(&mut tx, jobs).await.unwrap();
    tx.commit().await.unwrap();
}

/// Who ran, one by one; each run takes a while.
fn slow_runner(queue: &Queue, kind: JobKind) -> (Runner, mpsc::UnboundedReceiver<String>) {
    let (sender, began) = mpsc::unbounded_channel();
    let handler = move |job: Job| {
        let sender = sender.clone();
        async move {
            sender.send(job.limit_key.clone().unwrap()).unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(Done::Result(json!(null)))
        }
    };
    (Runner::builder(queue.clone()).kind(kind.name(), SLOTS, handler).start(), began)
}

/// How many jobs begin before one of `limit` does.
async fn others_before(began: &mut mpsc::UnboundedReceiver<String>, limit: &str) -> usize {
    let mut others = 0;
    while began.recv().await.unwrap() != limit {
        others += 1;
    }
    others
}

/// One's jobs begin, then another's single one comes: how many of the crowd's go first.
async fn crowd_before_the_quiet_one(pool: &PgPool, kind: JobKind, job: fn(u32, Option<&str>) -> NewJob) {
    let queue = Queue::new(pool.clone());
    put(pool, &(0..FILES).map(|number| job(number, Some("crowded"))).collect::<Vec<_>>()).await;
    let (runner, mut began) = slow_runner(&queue, kind);
    queue.wake();
    for _ in 0..20 {
        began.recv().await.unwrap();
    }
    // What has begun so far is no delay of what comes only now.
    put(pool, &[job(FILES, Some("quiet"))]).await;
    while began.try_recv().is_ok() {}
    queue.wake();
    let limit = person_limit(kind, Some("quiet"), SLOTS);
    let share = limit.max_in_flight.unwrap() as usize;
    let others = others_before(&mut began, &limit.key).await;
    assert!(others <= share + SLOTS, "{others} jobs of the crowd came first");
    // The crowded one loses nothing by it.
    for _ in 0..50 {
        began.recv().await.unwrap();
    }
    runner.stop(Duration::from_secs(10)).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_with_many_waiting_files_does_not_delay_another_persons_one(pool: PgPool) {
    crowd_before_the_quiet_one(&pool, JobKind::IngestFile, file).await;
}

/// H5: images that people ask for had no limit at all, so that one person's 25,000 came before everybody's thumbnail.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_who_asks_for_many_images_does_not_delay_another_persons_one(pool: PgPool) {
    crowd_before_the_quiet_one(&pool, JobKind::ImageOptimize, image).await;
}

/// Uploads by services that name no person take one person's turn.
#[sqlx::test(migrations = "../../migrations")]
async fn files_of_nobody_delay_a_persons_no_more_than_another_person_would(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    put(&pool, &(0..FILES).map(|number| file(number, None)).collect::<Vec<_>>()).await;
    put(&pool, &[file(FILES, Some("quiet"))]).await;
    let (runner, mut began) = slow_runner(&queue, JobKind::IngestFile);
    queue.wake();
    let limit = person_limit(JobKind::IngestFile, Some("quiet"), SLOTS);
    let others = others_before(&mut began, &limit.key).await;
    assert!(others <= limit.max_in_flight.unwrap() as usize + SLOTS, "{others} files of nobody came first");
    runner.stop(Duration::from_secs(10)).await;
}
