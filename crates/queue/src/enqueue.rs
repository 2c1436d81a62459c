//! Putting jobs in, on the caller's own transaction: the job exists if and only if the row it is about does.

use crate::sql::{carried, make_due};
use crate::{Error, JobId, Limit, limits, text};
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
    /// How long an attempt may take; else what the runner allows its kind.
    pub timeout: Option<Duration>,
    /// Whose limits hold it back.
    pub limit: Option<Limit>,
    /// The trace it belongs to (a W3C `traceparent`).
    pub trace: Option<String>,
}

impl NewJob {
    /// A job of normal priority, due now, with five attempts.
    pub fn new(kind: impl Into<String>, payload: Value) -> Self {
        let kind = kind.into();
        Self {
            kind,
            priority: 1,
            unique_key: None,
            subject: None,
            payload,
            max_attempts: 5,
            delay: None,
            timeout: None,
            limit: None,
            trace: None,
        }
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

    /// How long an attempt may take.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Concurrency, rate or fairness of a key.
    pub fn limit(self, limit: Limit) -> Self {
        Self { limit: Some(limit), ..self }
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
///
/// # Errors
/// [`Error::Busy`] when the unique key changed hands over and over: ask again in another transaction. [`Error::Database`] when the
/// database refused or did not answer; the transaction is lost.
pub async fn enqueue(conn: &mut PgConnection, job: &NewJob) -> Result<Enqueued, Error> {
    let enqueued = enqueue_many(conn, std::slice::from_ref(job)).await?;
    Ok(enqueued[0])
}

/// Puts many jobs in with one statement; the answers stand in the order of the jobs.
///
/// # Errors
/// The same as those of [`enqueue`]. None of the jobs is in then.
pub async fn enqueue_many(conn: &mut PgConnection, jobs: &[NewJob]) -> Result<Vec<Enqueued>, Error> {
    let declared: Vec<&Limit> = jobs.iter().filter_map(|job| job.limit.as_ref()).collect();
    if !declared.is_empty() {
        limits::declare(conn, &declared).await?;
    }
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

/// Jobs that are due, without a key and without a limit, which most are: nothing to decide. The ids come back in the order in
/// which the rows were numbered, which is the order of the arrays.
const PLAIN: &str = "
    with given as (
        insert into queue.hot (segment, place, id, kind, priority, subject, payload, max_attempts, timeout_ms, trace)
        select (select last_value from queue.current_segment), id, id, kind, priority, subject, payload::json, max_attempts,
               timeout_ms, trace
        from (select nextval('queue.job_ids') as id, * from
              unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::smallint[], $6::integer[], $7::text[])
              as given (kind, priority, subject, payload, max_attempts, timeout_ms, trace)) numbered
        returning id
    )
    select array_agg(id order by id) from given";

const FULL: &str = concat!(
    "with given as materialized (
        select nextval('queue.job_ids') as id, given.*
        from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::smallint[], $6::integer[], $7::text[], $8::text[],
                    $9::float8[], $10::text[])
             with ordinality as given (kind, priority, subject, payload, max_attempts, timeout_ms, trace, unique_key, delay, gate,
                                       number)
    ), taken as (
        insert into queue.keys (key, job_id)
        select distinct on (unique_key) unique_key, id from given where unique_key is not null order by unique_key, number
        on conflict do nothing
        returning job_id
    ), accepted as materialized (
        select id, clock_timestamp() as created_at, timeout_ms, priority, 0::smallint as attempt, max_attempts, kind, unique_key,
               subject, gate, trace, payload::json as payload, null::jsonb as errors, number, delay
        from given where unique_key is null or id in (select job_id from taken)
    ), due as (
        select *, created_at as queued_at from accepted where delay is null
    ), ",
    make_due!(),
    ", not_yet as (
        insert into queue.waiting (run_at, ",
    carried!(),
    ") select created_at + make_interval(secs => delay), ",
    carried!(),
    " from accepted where delay is not null
    )
    select coalesce(array_agg(number order by number), '{}'), coalesce(array_agg(id order by number), '{}') from accepted"
);

/// Inserts the jobs at the indexes `open`, fills in their answers and returns the indexes whose key was taken.
async fn insert(
    conn: &mut PgConnection,
    jobs: &[NewJob],
    open: &[usize],
    answers: &mut [Option<Enqueued>],
) -> Result<Vec<usize>, Error> {
    let jobs: Vec<&NewJob> = open.iter().map(|&index| &jobs[index]).collect();
    let plain = jobs.iter().all(|job| job.unique_key.is_none() && job.delay.is_none() && job.limit.is_none());
    let milliseconds = |timeout: Duration| i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
    let query = sqlx::query(if plain { PLAIN } else { FULL })
        .bind(jobs.iter().map(|job| text::clean(&job.kind)).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.priority.clamp(0, 2)).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.subject.as_deref().map(text::clean)).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| text::json_text(&job.payload)).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.max_attempts.max(1)).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.timeout.map(milliseconds)).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.trace.as_deref().map(text::clean)).collect::<Vec<_>>());
    let (numbers, ids): (Vec<i64>, Vec<i64>) = if plain {
        let ids: Vec<i64> = query.fetch_one(conn).await?.try_get(0)?;
        ((1..=ids.len() as i64).collect(), ids)
    } else {
        let row = query
            .bind(jobs.iter().map(|job| job.unique_key.as_deref().map(text::clean)).collect::<Vec<_>>())
            .bind(jobs.iter().map(|job| job.delay.map(|delay| delay.as_secs_f64())).collect::<Vec<_>>())
            .bind(jobs.iter().map(|job| job.limit.as_ref().map(|limit| text::clean(&limit.key))).collect::<Vec<_>>())
            .fetch_one(conn)
            .await?;
        (row.try_get(0)?, row.try_get(1)?)
    };
    for (number, id) in numbers.into_iter().zip(ids) {
        answers[open[number as usize - 1]] = Some(Enqueued { id: JobId(id), duplicate: false });
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
