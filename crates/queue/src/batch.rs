//! Single enqueues that commit together. Each caller waits for the commit that its job is in.

use crate::enqueue::enqueue_many;
use crate::notify::Notifier;
use crate::{Enqueued, Error, NewJob, segment};
use std::sync::{Arc, OnceLock};
use tokio::sync::{mpsc, oneshot};

/// The most jobs in one statement.
const MAX_BATCH: usize = 500;

/// Statements under way at once. With two, one batch gathers while the other waits for the disk.
const FLUSHERS: usize = 2;

/// Jobs of this process after which it rotates the segments if need be, should no runner do it.
const JOBS_PER_ROTATION: usize = 10_000;

type Waiting = (NewJob, oneshot::Sender<Result<Enqueued, Error>>);

/// The sender to the tasks that write. They begin with the first job and end with the queue.
#[derive(Debug)]
pub(crate) struct Batcher {
    sender: OnceLock<mpsc::Sender<Waiting>>,
}

impl Batcher {
    pub fn new() -> Self {
        Self { sender: OnceLock::new() }
    }

    pub async fn enqueue(&self, notifier: &Arc<Notifier>, job: NewJob) -> Result<Enqueued, Error> {
        let (answer, answered) = oneshot::channel();
        let sender = self.sender.get_or_init(|| start(notifier));
        let gone = || Error::Interrupted;
        sender.send((job, answer)).await.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn start(notifier: &Arc<Notifier>) -> mpsc::Sender<Waiting> {
    let (sender, receiver) = mpsc::channel(4 * MAX_BATCH);
    let receiver = Arc::new(tokio::sync::Mutex::new(receiver));
    for _ in 0..FLUSHERS {
        // Not the queue, which holds the sender: its end is the end of these tasks.
        let (receiver, notifier) = (receiver.clone(), notifier.clone());
        tokio::spawn(async move {
            let mut since_rotation = 0;
            loop {
                let mut batch = Vec::new();
                if receiver.lock().await.recv_many(&mut batch, MAX_BATCH).await == 0 {
                    return;
                }
                since_rotation += batch.len();
                flush(notifier.pool(), batch).await;
                notifier.wake();
                if since_rotation >= JOBS_PER_ROTATION {
                    since_rotation = 0;
                    rotate(notifier.pool()).await;
                }
            }
        });
    }
    sender
}

async fn rotate(pool: &sqlx::PgPool) {
    let rotated = async { segment::rotate(&mut *pool.acquire().await?).await };
    if let Err(error) = rotated.await {
        tracing::debug!(%error, "the segments of the job table could not be rotated");
    }
}

/// Writes a batch. When the database refuses it, each job is tried alone, so that a bad one fails only its own caller.
async fn flush(pool: &sqlx::PgPool, batch: Vec<Waiting>) {
    let (jobs, answers): (Vec<NewJob>, Vec<_>) = batch.into_iter().unzip();
    let written = async { enqueue_many(&mut *pool.acquire().await?, &jobs).await };
    match written.await {
        Ok(enqueued) => {
            for (answer, enqueued) in answers.into_iter().zip(enqueued) {
                // A caller that has gone has its job all the same.
                let _ = answer.send(Ok(enqueued));
            }
        }
        Err(Error::Database(sqlx::Error::Database(_)) | Error::Busy(_)) if jobs.len() > 1 => {
            for (answer, job) in answers.into_iter().zip(jobs) {
                let alone = async { crate::enqueue(&mut *pool.acquire().await?, &job).await };
                let _ = answer.send(alone.await);
            }
        }
        Err(error) => {
            tracing::warn!(%error, jobs = jobs.len(), "jobs could not be put in");
            let mut answers = answers.into_iter();
            if let (1, Some(answer)) = (jobs.len(), answers.next()) {
                let _ = answer.send(Err(error));
                return;
            }
            answers.for_each(|answer| {
                let _ = answer.send(Err(Error::Interrupted));
            });
        }
    }
}
