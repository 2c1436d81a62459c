//! The end of an attempt. Every statement matches the worker that claimed the job, or does nothing.

use crate::sql::{self, Ctid, SEGMENTS, carried, end, make_due};
use crate::{Error, Job, text};
use serde_json::Value;
use sqlx::{PgConnection, Row};
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

/// What an attempt that failed led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterFailure {
    /// It will be tried again.
    Waiting,
    /// It has failed for good.
    Failed,
    /// Somebody had cancelled it.
    Cancelled,
    /// It was not ours any more.
    Lost,
}

impl Job {
    /// Completes the job in the handler's own transaction, so that its work and its completion commit together, and only if the
    /// job is still ours. Commit, then return [`Done::FinishedInTransaction`](crate::Done::FinishedInTransaction).
    ///
    /// # Errors
    /// On any error roll back. [`Error::ClaimLost`] when the job is no longer ours: what the handler wrote must not be committed,
    /// because another worker has the job or has finished it.
    pub async fn finish_on(&self, conn: &mut PgConnection, result: Value) -> Result<(), Error> {
        let results = [result_text(&result)];
        if !complete(conn, self.segment, self.worker, &[self.id.0], &results).await?.is_empty() {
            return Err(Error::ClaimLost(self.id));
        }
        self.ended.get_or_init(|| "completed");
        Ok(())
    }

    /// Fails the job for good in the handler's own transaction, like [`Job::finish_on`]: what the handler wrote about the failure
    /// and the failure itself commit together.
    ///
    /// # Errors
    /// The same as those of [`Job::finish_on`].
    pub async fn fail_on(&self, conn: &mut PgConnection, code: &str, error: &str) -> Result<(), Error> {
        if fail(conn, self, code, error, None).await? == AfterFailure::Lost {
            return Err(Error::ClaimLost(self.id));
        }
        self.ended.get_or_init(|| "failed");
        Ok(())
    }
}

static COMPLETE: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    sql::per_segment(concat!(
        "with over as (
            delete from {hot} hot using unnest($1::bigint[], $2::text[]) as ended (done, outcome)
            where hot.id = ended.done and hot.worker = $3
            returning ",
        carried!(),
        ", started_at, 'completed' as status, outcome::json as result, null as code, null as error
        ), ",
        end!(),
        " select count(*), case when count(*) < cardinality($1) then array_agg(id) end from over"
    ))
});

/// Completes jobs of one segment that `worker` has; returns those that it no longer had.
pub(crate) async fn complete(
    conn: &mut PgConnection,
    segment: i16,
    worker: i32,
    ids: &[i64],
    results: &[Option<String>],
) -> Result<HashSet<i64>, Error> {
    let row =
        sqlx::query(sql::of_segment(&COMPLETE, segment)).bind(ids).bind(results).bind(worker).fetch_one(conn).await?;
    let completed: i64 = row.try_get(0)?;
    if completed == ids.len() as i64 {
        return Ok(HashSet::new());
    }
    let completed: Option<Vec<i64>> = row.try_get(1)?;
    let mut lost: HashSet<i64> = ids.iter().copied().collect();
    completed.unwrap_or_default().iter().for_each(|id| {
        lost.remove(id);
    });
    Ok(lost)
}

/// Completions of one kind, segment and worker.
#[derive(Debug, Default)]
pub(crate) struct CompletionBatch {
    pub ids: Vec<i64>,
    /// The rows' `ctid`s after their claims.
    pub ctids: Vec<Ctid>,
    pub results: Vec<Option<String>>,
    /// Some of the jobs have unique keys to give back.
    pub has_keys: bool,
}

/// Finds rows by the `ctid` that the claim left them at, which saves the index scan; a row that has been written to since
/// (progress, a cancel) has another one and has to be completed by its id. One kind, so that counting needs no grouping.
macro_rules! complete_batch {
    ($freed:literal) => {
        concat!(
            "with over as (
                delete from {hot} hot using unnest($1::tid[], $2::bigint[], $3::text[]) as ended (at, done, outcome)
                where hot.ctid = ended.at and hot.id = ended.done and hot.worker = $4
                returning ",
            carried!(),
            ", started_at, outcome::json as result
            ), clock as materialized (
                select clock_timestamp() as at
            )",
            $freed,
            ", written as (
                insert into queue.done (finished_at, started_at, status, result, ",
            carried!(),
            ") select (select at from clock), started_at, 'completed', result, ",
            carried!(),
            " from over
            ), counted as (
                insert into queue.tallies (day, kind, status, jobs)
                select (clock.at at time zone 'utc')::date, $5, 'completed', over.jobs
                from clock, (select count(*) as jobs from over) over where over.jobs > 0
                returning jobs
            )
            select jobs, case when jobs < cardinality($1) then array(select id from over) end
            from (select coalesce((select jobs from counted), 0) as jobs) completed"
        )
    };
}

static COMPLETE_PLAIN: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| sql::per_segment(complete_batch!("")));

static COMPLETE_KEYED: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    sql::per_segment(complete_batch!(
        ", freed as (delete from queue.keys using over where keys.key = over.unique_key and keys.job_id = over.id)"
    ))
});

/// Completes many jobs; returns those that `worker` no longer had.
pub(crate) async fn complete_batch(
    conn: &mut PgConnection,
    segment: i16,
    worker: i32,
    kind: &str,
    batch: &CompletionBatch,
) -> Result<HashSet<i64>, Error> {
    let statement = if batch.has_keys { &COMPLETE_KEYED } else { &COMPLETE_PLAIN };
    let row = sqlx::query(sql::of_segment(statement, segment))
        .bind(&batch.ctids)
        .bind(&batch.ids)
        .bind(&batch.results)
        .bind(worker)
        .bind(kind)
        .fetch_one(&mut *conn)
        .await?;
    let completed: i64 = row.try_get(0)?;
    if completed == batch.ids.len() as i64 {
        return Ok(HashSet::new());
    }
    let completed: HashSet<i64> = row.try_get::<Option<Vec<i64>>, _>(1)?.unwrap_or_default().into_iter().collect();
    let rest = batch.ids.iter().zip(&batch.results).filter(|(id, _)| !completed.contains(id));
    let (ids, results): (Vec<i64>, Vec<Option<String>>) = rest.map(|(id, result)| (*id, result.clone())).unzip();
    complete(conn, segment, worker, &ids, &results).await
}

/// A result as it is kept; none is kept of nothing.
pub(crate) fn result_text(result: &Value) -> Option<String> {
    (!result.is_null()).then(|| text::json_text(result))
}

static FAIL: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    sql::per_segment(concat!(
        "with gone as (
            delete from {hot} hot where id = $1 and worker = $2
            returning *, not cancel and $5::float8 is not null and attempt < max_attempts as again
        ), waiting as (
            insert into queue.waiting (run_at, ",
        carried!(),
        ") select clock_timestamp() + make_interval(secs => $5), id, created_at, timeout_ms, priority, attempt, max_attempts, kind,
                  unique_key, subject, gate, trace, payload, queue.noted(errors, attempt, $3, $4)
            from gone where again
        ), over as (
            select id, created_at, timeout_ms, priority, attempt, max_attempts, kind, unique_key, subject, gate, trace, payload,
                   queue.noted(errors, attempt, $3, $4) as errors, started_at,
                   case when cancel then 'cancelled' else 'failed' end as status, null::json as result,
                   case when cancel then 'cancelled' else $3 end as code, $4 as error
            from gone where not again
        ), ",
        end!(),
        " select case when again then 'waiting' when cancel then 'cancelled' else 'failed' end from gone"
    ))
});

/// Ends an attempt that failed: the job is due again after `retry_after`, or over when there is none, no attempt left, or somebody
/// cancelled it. The statement decides, because a cancel may have come that we have not heard of.
pub(crate) async fn fail(
    conn: &mut PgConnection,
    job: &Job,
    code: &str,
    error: &str,
    retry_after: Option<Duration>,
) -> Result<AfterFailure, Error> {
    let state: Option<String> = sqlx::query_scalar(sql::of_segment(&FAIL, job.segment))
        .bind(job.id.0)
        .bind(job.worker)
        .bind(text::clean(code))
        .bind(text::clean_error(error))
        .bind(retry_after.map(|pause| pause.as_secs_f64()))
        .fetch_optional(conn)
        .await?;
    Ok(match state.as_deref() {
        Some("waiting") => AfterFailure::Waiting,
        Some("cancelled") => AfterFailure::Cancelled,
        Some(_) => AfterFailure::Failed,
        None => AfterFailure::Lost,
    })
}

static SNOOZE: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    sql::per_segment(concat!(
        "with gone as (
            delete from {hot} hot where id = $1 and worker = $2 and not cancel returning *
        ), snoozed as (
            insert into queue.waiting (run_at, ",
        carried!(),
        ") select clock_timestamp() + make_interval(secs => $3), id, created_at, timeout_ms, priority, (attempt - 1)::smallint,
                  max_attempts, kind, unique_key, subject, gate, trace, payload, errors
            from gone
        )
        select id from gone"
    ))
});

/// Snoozes a job: it is due again after the pause, as if it had not been claimed; false when it was not ours any more or
/// somebody has cancelled it.
pub(crate) async fn snooze(conn: &mut PgConnection, job: &Job, pause: Duration) -> Result<bool, Error> {
    let done = sqlx::query(sql::of_segment(&SNOOZE, job.segment))
        .bind(job.id.0)
        .bind(job.worker)
        .bind(pause.as_secs_f64())
        .fetch_optional(conn)
        .await?;
    Ok(done.is_some())
}

static HAND_BACK: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    sql::per_segment(concat!(
        "with back as (
            update {hot} set worker = 0, attempt = attempt - 1, started_at = null, percent = null, stage = null
            where id = $1 and worker = $2 and not cancel returning true
        ), over as (
            delete from {hot} where id = $1 and worker = $2 and cancel
            returning ",
        carried!(),
        ", started_at, 'cancelled' as status, null::json as result, 'cancelled' as code, null as error
        ), ",
        end!(),
        " select true from back union all select true from over"
    ))
});

/// Gives a job back unfinished, as if it had never been claimed: stopping a service is not the job's fault. One that
/// somebody has cancelled is over instead. False when it was not ours any more.
pub(crate) async fn hand_back(conn: &mut PgConnection, job: &Job) -> Result<bool, Error> {
    let back: Option<bool> = sqlx::query_scalar(sql::of_segment(&HAND_BACK, job.segment))
        .bind(job.id.0)
        .bind(job.worker)
        .fetch_optional(conn)
        .await?;
    Ok(back.is_some())
}

/// Makes waiting jobs of these ids due now; returns how many there were.
pub(crate) async fn make_due_now(conn: &mut PgConnection, ids: &[i64]) -> Result<u64, Error> {
    let made: i64 = sqlx::query_scalar(concat!(
        "with due as (
            delete from queue.waiting where id = any($1) returning ",
        carried!(),
        ", clock_timestamp() as queued_at
        ), ",
        make_due!(),
        " select count(*) from due"
    ))
    .bind(ids)
    .fetch_one(conn)
    .await?;
    Ok(made as u64)
}
