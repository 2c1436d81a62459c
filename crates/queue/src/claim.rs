//! Taking jobs: one statement completes what has ended and claims what comes next, so a busy worker commits once per round.

use crate::{Error, Job, JobId, text};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::sync::Arc;
use std::sync::OnceLock;
use tokio_util::sync::CancellationToken;

/// A job that ended well and is not yet known to have.
#[derive(Debug, Clone)]
pub(crate) struct Completion {
    pub id: JobId,
    pub worker: i32,
    pub result: Value,
}

/// What a round brought.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// The completions that counted; of the others the lease was lost.
    pub completed: Vec<JobId>,
    /// The jobs claimed.
    pub jobs: Vec<Job>,
}

/// Completes `ended` and claims up to `limits[i]` jobs of `kinds[i]` for `worker`.
///
/// Jobs are claimed by their place in the table, chosen by an index that claiming does not change. The worker's own row is
/// share-locked: a worker that has been reaped claims nothing, and none is reaped in the middle of a claim. A round that
/// only claims need not wait for the disk: if the claim is lost with the server, the job is simply still there.
pub(crate) async fn complete_and_claim(
    conn: &mut PgConnection,
    ended: &[Completion],
    worker: i32,
    kinds: &[String],
    limits: &[i32],
) -> Result<Round, Error> {
    let rows = sqlx::query(
        "with me as materialized (
            select id, case when cardinality($1::bigint[]) = 0 then set_config('synchronous_commit', 'off', true) end as fast
            from queue.workers where id = $4 for key share
        ), gone as (
            delete from queue.hot using unnest($1::bigint[], $2::integer[], $3::jsonb[]) as ended (id, worker, result)
            where hot.id = ended.id and hot.worker = ended.worker
            returning hot.*, ended.result
        ), freed as (
            delete from queue.keys using gone where keys.key = gone.unique_key and keys.job_id = gone.id
        ), over as (
            insert into queue.finished (id, priority, attempt, max_attempts, created_at, started_at, status, kind, unique_key,
                                        subject, trace, payload, result, errors)
            select id, priority, attempt, max_attempts, created_at, started_at, 'completed', kind, unique_key,
                   subject, trace, payload, result, errors from gone
            returning id
        ), claimed as (
            update queue.hot set worker = $4, attempt = attempt + 1, started_at = clock_timestamp()
            where ctid = any (array(
                select next.ctid from me, unnest($5::text[], $6::integer[]) as want (kind, places), lateral (
                    select ctid from queue.hot where hot.kind = want.kind and worker = 0
                    order by priority, id limit want.places for update skip locked
                ) next
            ))
            returning *
        )
        select id, true as is_new, kind, attempt, max_attempts, created_at, queued_at, unique_key, subject, trace, payload
        from claimed
        union all
        select id, false, null, null, null, null, null, null, null, null, null from over",
    )
    .bind(ended.iter().map(|ended| ended.id.0).collect::<Vec<_>>())
    .bind(ended.iter().map(|ended| ended.worker).collect::<Vec<_>>())
    .bind(ended.iter().map(|ended| text::clean_json(ended.result.clone())).collect::<Vec<_>>())
    .bind(worker)
    .bind(kinds)
    .bind(limits)
    .fetch_all(conn)
    .await?;
    let mut round = Round::default();
    for row in &rows {
        if row.try_get("is_new")? {
            round.jobs.push(job(row, worker)?);
        } else {
            round.completed.push(JobId(row.try_get("id")?));
        }
    }
    round.jobs.sort_by_key(|job| job.id);
    Ok(round)
}

fn job(row: &PgRow, worker: i32) -> sqlx::Result<Job> {
    Ok(Job {
        id: JobId(row.try_get("id")?),
        kind: row.try_get("kind")?,
        payload: row.try_get("payload")?,
        attempt: row.try_get("attempt")?,
        max_attempts: row.try_get("max_attempts")?,
        unique_key: row.try_get("unique_key")?,
        subject: row.try_get("subject")?,
        trace: row.try_get("trace")?,
        created_at: row.try_get("created_at")?,
        queued_at: row.try_get("queued_at")?,
        worker,
        cancelled: CancellationToken::new(),
        ended: Arc::new(OnceLock::new()),
    })
}

/// Gives back what the worker holds and does not know of: claims whose answer was lost with the connection.
pub(crate) async fn give_back_unknown(conn: &mut PgConnection, worker: i32, known: &[i64]) -> Result<u64, Error> {
    let done = sqlx::query(
        "update queue.hot set worker = 0, attempt = attempt - 1, started_at = null where worker = $1 and id <> all($2)",
    )
    .bind(worker)
    .bind(known)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
