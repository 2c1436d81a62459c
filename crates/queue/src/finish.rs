//! The end of an attempt. Every statement matches the worker that claimed the job, or does nothing.

use crate::{Error, JobId, text};
use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;

/// What an attempt that failed led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterFailure {
    /// It will be tried again.
    Waiting,
    /// It is given up.
    Failed,
    /// Somebody had cancelled it.
    Cancelled,
    /// It was not ours any more.
    Lost,
}

/// Completes one job; false when it is not the worker's any more.
pub(crate) async fn complete(conn: &mut PgConnection, id: JobId, worker: i32, result: Value) -> Result<bool, Error> {
    let done = sqlx::query(
        "with gone as (
            delete from queue.hot where id = $1 and worker = $2 returning *
        ), freed as (
            delete from queue.keys using gone where keys.key = gone.unique_key and keys.job_id = gone.id
        )
        insert into queue.finished (id, priority, attempt, max_attempts, created_at, started_at, status, kind, unique_key,
                                    subject, trace, payload, result, errors)
        select id, priority, attempt, max_attempts, created_at, started_at, 'completed', kind, unique_key,
               subject, trace, payload, $3, errors from gone",
    )
    .bind(id.0)
    .bind(worker)
    .bind(text::clean_json(result))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends an attempt that failed: back to wait for `again`, or over when there is no `again`, no attempt left, or somebody
/// cancelled it. The statement decides, because a cancel may have come that we have not heard of.
pub(crate) async fn fail(
    conn: &mut PgConnection,
    id: JobId,
    worker: i32,
    code: &str,
    error: &str,
    again: Option<Duration>,
) -> Result<AfterFailure, Error> {
    let state: Option<String> = sqlx::query_scalar(
        "with gone as (
            delete from queue.hot where id = $1 and worker = $2
            returning *, not cancel and $5::float8 is not null and attempt < max_attempts as again
        ), waiting as (
            insert into queue.waiting (id, priority, attempt, max_attempts, created_at, run_at, kind, unique_key, subject,
                                       trace, payload, errors)
            select id, priority, attempt, max_attempts, created_at, clock_timestamp() + make_interval(secs => $5), kind,
                   unique_key, subject, trace, payload, queue.noted(errors, attempt, $3, $4) from gone where again
        ), over as (
            insert into queue.finished (id, priority, attempt, max_attempts, created_at, started_at, status, kind, unique_key,
                                        subject, trace, payload, code, error, errors)
            select id, priority, attempt, max_attempts, created_at, started_at,
                   case when cancel then 'cancelled' else 'failed' end, kind, unique_key, subject, trace, payload,
                   case when cancel then 'cancelled' else $3 end, $4, queue.noted(errors, attempt, $3, $4)
            from gone where not again
        ), freed as (
            delete from queue.keys using gone where not gone.again and keys.key = gone.unique_key and keys.job_id = gone.id
        )
        select case when again then 'waiting' when cancel then 'cancelled' else 'failed' end from gone",
    )
    .bind(id.0)
    .bind(worker)
    .bind(text::clean(code))
    .bind(text::clean_error(error))
    .bind(again.map(|again| again.as_secs_f64()))
    .fetch_optional(conn)
    .await?;
    Ok(match state.as_deref() {
        Some("waiting") => AfterFailure::Waiting,
        Some("cancelled") => AfterFailure::Cancelled,
        Some(_) => AfterFailure::Failed,
        None => AfterFailure::Lost,
    })
}

/// Gives a job back unfinished, as if it had never been claimed: stopping a service is not the job's fault. One that
/// somebody has cancelled is over instead. False when it was not ours any more.
pub(crate) async fn hand_back(conn: &mut PgConnection, id: JobId, worker: i32) -> Result<bool, Error> {
    let back: Option<bool> = sqlx::query_scalar(
        "with back as (
            update queue.hot set worker = 0, attempt = attempt - 1, started_at = null
            where id = $1 and worker = $2 and not cancel returning true
        ), gone as (
            delete from queue.hot where id = $1 and worker = $2 and cancel returning *
        ), freed as (
            delete from queue.keys using gone where keys.key = gone.unique_key and keys.job_id = gone.id
        ), over as (
            insert into queue.finished (id, priority, attempt, max_attempts, created_at, started_at, status, kind, unique_key,
                                        subject, trace, payload, code, errors)
            select id, priority, attempt, max_attempts, created_at, started_at, 'cancelled', kind, unique_key, subject, trace,
                   payload, 'cancelled', errors from gone
            returning true
        )
        select true from back union all select true from over",
    )
    .bind(id.0)
    .bind(worker)
    .fetch_optional(conn)
    .await?;
    Ok(back.is_some())
}
