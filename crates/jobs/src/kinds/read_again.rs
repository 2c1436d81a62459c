//! `read-again`: read the contents on a reading's list again, one after the other, behind all that somebody waits for. The job is put in
//! with the list, by [`db::readings::begin`].

use crate::context::Context;
use crate::failure::Failure;
use crate::reread::reread;
use db::readings::{Left, Reading};
use model::{ContentHash, ReadAgain};
use queue::{Done, Filter, Job, Status};
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a job reads before it lets others have its slot. It goes on where it was, and the attempt does not count.
const TURN: Duration = Duration::from_secs(5);
/// So many contents of a reading wait for their text to be recognised. More are read when these are done, so that a hundred thousand
/// scans do not fill the queue.
const MOST_RECOGNISING: usize = 8;
/// How often is looked whether some of those are done.
const UNTIL_RECOGNISED: Duration = Duration::from_secs(1);

/// Runs one job for a turn.
pub(super) async fn run(context: Context, job: Job, payload: ReadAgain) -> Result<Done, Failure> {
    let (id, turn) = (payload.reading_id, Instant::now());
    loop {
        let reading = db::readings::find(&mut *context.pool.acquire().await?, id).await?;
        let Some(reading) = reading.filter(|reading| reading.finished_at.is_none()) else {
            return Ok(Done::Result(json!({"isOver": true})));
        };
        let recognising = let_go_of_recognised(&context, id).await?;
        if turn.elapsed() >= TURN {
            return Ok(Done::Snooze(Duration::ZERO));
        }
        let next = match recognising < MOST_RECOGNISING {
            true => db::readings::next(&mut *context.pool.acquire().await?, id).await?,
            false => None,
        };
        match next {
            Some(listed) => {
                let (stopped, hash) = (job.cancelled(), listed.hash.clone());
                let read = tokio::select! {
                    read = reread(&context, &job, &reading, listed) => read,
                    () = stopped.cancelled() => Err(Failure::retry("stopped")),
                };
                if let Err(failure) = read {
                    db::readings::give_back(&mut *context.pool.acquire().await?, &hash).await?;
                    return Err(failure);
                }
                note(&context, &job, &reading).await;
            }
            None if recognising == 0 => return finish(&context, &job, &reading).await,
            None => return Ok(Done::Snooze(UNTIL_RECOGNISED)),
        }
    }
}

/// Takes those from the list whose text has been recognised. Says of how many it is not yet.
async fn let_go_of_recognised(context: &Context, id: Uuid) -> Result<usize, Failure> {
    let mut conn = context.pool.acquire().await?;
    let mut left = 0;
    for hash in db::readings::recognising(&mut conn, id).await? {
        if is_worked_on(&mut conn, &hash).await? {
            left += 1;
        } else {
            db::readings::leave(&mut conn, id, &hash, Left::Done).await?;
        }
    }
    Ok(left)
}

/// Whether any job over the content is in flight. One that follows another is put in by the transaction that ends that.
async fn is_worked_on(conn: &mut sqlx::PgConnection, hash: &ContentHash) -> Result<bool, queue::Error> {
    for status in [Status::Processing, Status::Pending, Status::Processing] {
        let filter = Filter { subject: Some(hash.to_string()), status: Some(status), ..Filter::default() };
        if !queue::list(conn, &filter, None, 1).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How far it is, for whoever looks at the job.
async fn note(context: &Context, job: &Job, reading: &Reading) {
    let percent = (reading.done + 1) * 100 / reading.total.max(1);
    let noted = async {
        let mut conn = context.pool.acquire().await?;
        anyhow::Ok(job.progress(&mut conn, percent.min(100) as u8, "read").await?)
    };
    if let Err(error) = noted.await {
        tracing::debug!(%error, "progress was not noted");
    }
}

async fn finish(context: &Context, job: &Job, reading: &Reading) -> Result<Done, Failure> {
    let mut tx = db::begin(&context.pool).await?;
    db::readings::finish(&mut tx, reading.id).await?;
    job.finish_on(&mut tx, json!({"read": reading.done, "failed": reading.failed})).await?;
    tx.commit().await?;
    Ok(Done::FinishedInTransaction)
}
