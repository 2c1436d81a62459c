//! What the tests say often.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use queue::{Done, Enqueued, Failure, Job, JobId, JobRecord, NewJob, Queue, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Enqueues, commits and wakes, as a service does.
pub async fn put(queue: &Queue, job: NewJob) -> Enqueued {
    let mut tx = queue.pool().begin().await.unwrap();
    let enqueued = queue::enqueue(&mut tx, &job).await.unwrap();
    tx.commit().await.unwrap();
    queue.wake();
    enqueued
}

/// A job of the kind most tests use.
pub fn greet() -> NewJob {
    NewJob::new("greet", json!({"name": "Ada"}))
}

/// The job as it stands.
pub async fn look(pool: &PgPool, id: JobId) -> JobRecord {
    let mut conn = pool.acquire().await.unwrap();
    queue::find(&mut conn, id).await.unwrap().expect("the job is there")
}

/// Looks until the job has that status. The database's answer is the pause between two looks.
pub async fn becomes(pool: &PgPool, id: JobId, status: Status) -> JobRecord {
    let wait = async {
        loop {
            let record = look(pool, id).await;
            if record.status == status {
                return record;
            }
        }
    };
    match timeout(PATIENCE, wait).await {
        Ok(record) => record,
        Err(_) => panic!("the job never became {status:?}: {:?}", look(pool, id).await),
    }
}

/// A job that has arrived at its handler and waits for the test to say how it ends.
pub struct Arrived {
    pub job: Job,
    answer: oneshot::Sender<Result<Done, Failure>>,
}

impl Arrived {
    pub fn ends(self, result: Result<Done, Failure>) {
        // The handler may have been dropped in the meantime, which is some tests' point.
        let _ = self.answer.send(result);
    }
}

/// Jobs as they arrive.
pub struct Arrivals(UnboundedReceiver<Arrived>);

impl Arrivals {
    pub async fn next(&mut self) -> Arrived {
        timeout(PATIENCE, self.0.recv()).await.expect("a job arrives").expect("the runner lives")
    }

    pub fn none_yet(&mut self) -> bool {
        self.0.is_empty()
    }
}

/// A runner of `greet` jobs that hands each to the test.
pub fn runner(queue: &Queue, slots: usize) -> (Runner, Arrivals) {
    let (arrivals, receiver) = unbounded_channel();
    let runner = Runner::builder(queue.clone()).kind("greet", slots, hand_over(arrivals)).node("test").start();
    (runner, Arrivals(receiver))
}

fn hand_over(arrivals: UnboundedSender<Arrived>) -> impl queue::Handler {
    move |job: Job| {
        let arrivals = arrivals.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let cancelled = job.cancelled();
            arrivals.send(Arrived { job, answer }).map_err(Failure::retry)?;
            tokio::select! {
                answer = answered => answer.unwrap_or(Err(Failure::retry("the test dropped the job"))),
                () = cancelled.cancelled() => Err(Failure::retry("told to stop")),
            }
        }
    }
}

/// A worker that died with this job in its hands: its row is there, and nobody holds its lock.
pub async fn dies_holding(pool: &PgPool, id: JobId) {
    sqlx::query(
        "with dead as (insert into queue.workers (node) values ('dead') returning id)
         update queue.hot set worker = dead.id, attempt = attempt + 1, started_at = now() from dead where hot.id = $1",
    )
    .bind(id.0)
    .execute(pool)
    .await
    .unwrap();
}
