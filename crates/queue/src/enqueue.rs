//! Putting jobs in, on the caller's own transaction: the job exists if and only if the row it is about does.

use crate::{Error, JobId, text};
use serde_json::Value;
use sqlx::{PgConnection, Row};
use std::collections::HashMap;
use std::time::Duration;

/// A job to be put in.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The kind, which chooses the handler.
    pub kind: String,
    /// 0 high, 1 normal, 2 low.
    pub priority: i16,
    /// At most one job of a key is in flight.
    pub unique_key: Option<String>,
    /// What the job is about, for finding it again; see [`Filter`](crate::Filter).
    pub subject: Option<String>,
    /// What the handler needs.
    pub payload: Value,
    /// Claims before the job is given up, crashes included.
    pub max_attempts: i16,
    /// Not before this much later.
    pub delay: Option<Duration>,
    /// The trace it belongs to (a W3C `traceparent`).
    pub trace: Option<String>,
}

impl NewJob {
    /// A job of normal priority, due now, with five attempts.
    pub fn new(kind: impl Into<String>, payload: Value) -> Self {
        let kind = kind.into();
        Self { kind, priority: 1, unique_key: None, subject: None, payload, max_attempts: 5, delay: None, trace: None }
    }

    /// 0 high, 1 normal, 2 low; anything else is taken as the nearest.
    pub fn priority(self, priority: i16) -> Self {
        Self { priority: priority.clamp(0, 2), ..self }
    }

    /// At most one job of this key is in flight.
    pub fn unique(self, key: impl Into<String>) -> Self {
        Self { unique_key: Some(key.into()), ..self }
    }

    /// What it is about.
    pub fn subject(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// How often it is tried, at least once.
    pub fn max_attempts(self, max_attempts: i16) -> Self {
        Self { max_attempts: max_attempts.max(1), ..self }
    }

    /// Not before this much later.
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay: Some(delay), ..self }
    }

    /// The trace it belongs to.
    pub fn trace(self, trace: impl Into<String>) -> Self {
        Self { trace: Some(trace.into()), ..self }
    }
}

/// What became of an enqueue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// The new job, or the one in flight.
    pub id: JobId,
    /// A job of that unique key is in flight; nothing was put in.
    pub duplicate: bool,
}

/// Puts one job in. Call [`Queue::wake`](crate::Queue::wake) after the commit.
pub async fn enqueue(conn: &mut PgConnection, job: &NewJob) -> Result<Enqueued, Error> {
    let enqueued = enqueue_many(conn, std::slice::from_ref(job)).await?;
    Ok(enqueued[0])
}

/// Puts many jobs in with one statement; the answers stand in the order of the jobs.
pub async fn enqueue_many(conn: &mut PgConnection, jobs: &[NewJob]) -> Result<Vec<Enqueued>, Error> {
    let mut answers: Vec<Option<Enqueued>> = vec![None; jobs.len()];
    // A key that is taken may be given back before we can read who has it. Then it is free, and we try once more.
    for _ in 0..10 {
        let open: Vec<usize> = (0..jobs.len()).filter(|&index| answers[index].is_none()).collect();
        if open.is_empty() {
            break;
        }
        let refused = insert(conn, jobs, &open, &mut answers).await?;
        if !refused.is_empty() {
            look_up(conn, jobs, &refused, &mut answers).await?;
        }
    }
    let answered = answers.into_iter().zip(jobs);
    answered
        .map(|(answer, job)| answer.ok_or_else(|| Error::Busy(job.unique_key.clone().unwrap_or_default())))
        .collect()
}

/// Inserts the jobs at the places `open`, fills in their answers and returns the places whose key was taken.
async fn insert(
    conn: &mut PgConnection,
    jobs: &[NewJob],
    open: &[usize],
    answers: &mut [Option<Enqueued>],
) -> Result<Vec<usize>, Error> {
    let jobs: Vec<&NewJob> = open.iter().map(|&index| &jobs[index]).collect();
    let rows = sqlx::query(
        "with given as materialized (
            select nextval('queue.job_ids') as id, given.*
            from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::jsonb[], $6::smallint[], $7::float8[], $8::text[])
                 with ordinality as given (kind, priority, unique_key, subject, payload, max_attempts, delay, trace, place)
        ), taken as (
            insert into queue.keys (key, job_id)
            select distinct on (unique_key) unique_key, id from given where unique_key is not null order by unique_key, place
            on conflict do nothing
            returning job_id
        ), accepted as materialized (
            select * from given where unique_key is null or id in (select job_id from taken)
        ), now_due as (
            insert into queue.hot (id, kind, priority, unique_key, subject, payload, max_attempts, trace)
            select id, kind, priority, unique_key, subject, payload, max_attempts, trace from accepted where delay is null
        ), not_yet as (
            insert into queue.waiting (id, kind, priority, unique_key, subject, payload, max_attempts, trace, run_at)
            select id, kind, priority, unique_key, subject, payload, max_attempts, trace,
                   clock_timestamp() + make_interval(secs => delay)
            from accepted where delay is not null
        )
        select place, id from accepted",
    )
    .bind(jobs.iter().map(|job| text::clean(&job.kind)).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.priority).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.unique_key.as_deref().map(text::clean)).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.subject.as_deref().map(text::clean)).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| text::clean_json(job.payload.clone())).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.max_attempts).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.delay.map(|delay| delay.as_secs_f64())).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.trace.as_deref().map(text::clean)).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    for row in rows {
        let place: i64 = row.try_get("place")?;
        answers[open[place as usize - 1]] = Some(Enqueued { id: JobId(row.try_get("id")?), duplicate: false });
    }
    Ok(open.iter().copied().filter(|&index| answers[index].is_none()).collect())
}

/// Finds who has the keys. A statement of its own: the winner may have committed after the insert's snapshot was taken.
async fn look_up(
    conn: &mut PgConnection,
    jobs: &[NewJob],
    refused: &[usize],
    answers: &mut [Option<Enqueued>],
) -> Result<(), Error> {
    let key = |index: usize| text::clean(jobs[index].unique_key.as_deref().unwrap_or_default());
    let keys: Vec<_> = refused.iter().map(|&index| key(index)).collect();
    let holders: HashMap<String, i64> = sqlx::query_as("select key, job_id from queue.keys where key = any($1)")
        .bind(keys)
        .fetch_all(conn)
        .await?
        .into_iter()
        .collect();
    for &index in refused {
        answers[index] = holders.get(&*key(index)).map(|&id| Enqueued { id: JobId(id), duplicate: true });
    }
    Ok(())
}
