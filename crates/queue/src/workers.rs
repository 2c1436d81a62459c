//! Workers: one lease per process, not per job. A worker's id is never used again: it is the fencing token that keeps a dead or
//! frozen process from writing the ends of jobs that are no longer its own.

use crate::sql::end;
use crate::{Error, JobId};
use sqlx::{Acquire, PgConnection};
use std::time::Duration;

/// How often a worker says that it lives.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(5);

/// A worker not heard of for so long is dead.
pub(crate) const LEASE_SECONDS: f64 = 20.0;

/// So long after a start of Postgres nobody is taken for dead: the living need up to 5 s to try again and say so.
const AFTER_START_SECONDS: f64 = 10.0;

/// First half of the advisory locks' keys, the letters "queu"; the second is the worker's id.
const LOCK_CLASS: i32 = 0x7175_6575;

/// Makes a new worker and takes its lock for this connection. Both become visible together, so that nobody sees a worker
/// without its lock.
pub(crate) async fn register(conn: &mut PgConnection, node: &str) -> Result<i32, Error> {
    let mut tx = conn.begin().await?;
    let id: i32 = sqlx::query_scalar("insert into queue.workers (node) values ($1) returning id")
        .bind(node)
        .fetch_one(&mut *tx)
        .await?;
    sqlx::query("select pg_advisory_lock($1, $2)").bind(LOCK_CLASS).bind(id).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Resumes a worker on a new connection; false when it has been reaped. Without its lock, which the server may
/// still hold for a connection it has not seen die, the heartbeat alone keeps it.
pub(crate) async fn resume(conn: &mut PgConnection, id: i32) -> Result<bool, Error> {
    sqlx::query("select pg_try_advisory_lock($1, $2)").bind(LOCK_CLASS).bind(id).execute(&mut *conn).await?;
    let alive = beat(conn, id).await?;
    Ok(alive)
}

/// Writes the worker's heartbeat; false when it has been reaped.
pub(crate) async fn beat(conn: &mut PgConnection, id: i32) -> Result<bool, Error> {
    let done = sqlx::query("update queue.workers set heartbeat_at = clock_timestamp() where id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Those of the worker's `running` jobs that somebody has cancelled.
pub(crate) async fn cancelled(conn: &mut PgConnection, id: i32, running: &[i64]) -> Result<Vec<JobId>, Error> {
    let ids = sqlx::query_scalar("select id from queue.hot where id = any($1) and worker = $2 and cancel")
        .bind(running)
        .bind(id)
        .fetch_all(conn)
        .await?;
    Ok(ids.into_iter().map(JobId).collect())
}

/// Ends a worker that holds no jobs any more.
pub(crate) async fn leave(conn: &mut PgConnection, id: i32) -> Result<(), Error> {
    sqlx::query("delete from queue.workers where id = $1").bind(id).execute(&mut *conn).await?;
    sqlx::query("select pg_advisory_unlock($1, $2)").bind(LOCK_CLASS).bind(id).execute(conn).await?;
    Ok(())
}

/// What reaping found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Dead workers.
    pub workers: u64,
    /// Their jobs that may be claimed again.
    pub returned: u64,
    /// Their jobs that are over: no attempt left, or cancelled.
    pub ended: u64,
}

/// Finds dead workers and takes their jobs from them: those that have not been heard of for 20 s, and at once those
/// whose lock nobody holds. Right after a start of Postgres nobody holds a lock and nobody has been heard of, so then the
/// living are given ten seconds to come back.
pub async fn reap(conn: &mut PgConnection) -> Result<Reaped, Error> {
    reap_peers(conn, 0).await
}

/// Whether there may be a dead worker: one statement instead of a transaction, because nearly always there is none.
pub(crate) async fn suspects(conn: &mut PgConnection, me: i32) -> Result<bool, Error> {
    let suspects = sqlx::query_scalar(
        "select exists (
            select from queue.workers
            where id <> $1 and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $4)
              and (heartbeat_at < clock_timestamp() - make_interval(secs => $2) or pg_try_advisory_xact_lock($3, id))
         )",
    )
    .bind(me)
    .bind(LEASE_SECONDS)
    .bind(LOCK_CLASS)
    .bind(AFTER_START_SECONDS)
    .fetch_one(conn)
    .await?;
    Ok(suspects)
}

/// [`reap`] by a worker on its own connection, which its own lock would let through.
pub(crate) async fn reap_peers(conn: &mut PgConnection, me: i32) -> Result<Reaped, Error> {
    let mut tx = conn.begin().await?;
    // The rows are locked until the end: a claim under way is over before, and the next one finds no worker.
    let dead: Vec<i32> = sqlx::query_scalar(
        "select id from queue.workers
         where id <> $3 and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $4)
           and (heartbeat_at < clock_timestamp() - make_interval(secs => $1) or pg_try_advisory_xact_lock($2, id))
         for update skip locked",
    )
    .bind(LEASE_SECONDS)
    .bind(LOCK_CLASS)
    .bind(me)
    .bind(AFTER_START_SECONDS)
    .fetch_all(&mut *tx)
    .await?;
    if dead.is_empty() {
        tx.rollback().await?;
        return Ok(Reaped::default());
    }
    let ended = end_exhausted(&mut tx, &dead).await?;
    let returned = give_back(&mut tx, &dead).await?;
    // A job that is locked is being ended: whoever was frozen in the middle of that keeps it, and is looked at again.
    let gone = sqlx::query(
        "delete from queue.workers where id = any($1) and not exists (select from queue.hot where hot.worker = workers.id)",
    )
    .bind(&dead)
    .execute(&mut *tx)
    .await?;
    let reaped = Reaped { workers: gone.rows_affected(), returned, ended };
    if reaped == Reaped::default() {
        tx.rollback().await?;
        return Ok(reaped);
    }
    // In the transaction, because this is rare: jobs have come back to positions that the cursors of claims have passed.
    crate::notify::notify_everywhere(&mut tx).await?;
    tx.commit().await?;
    Ok(reaped)
}

/// Waits until the dead are looked for, in a Postgres that was started for a test alone.
#[cfg(test)]
pub(crate) async fn until_reaping(conn: &mut PgConnection) {
    let up = "select pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $1)";
    while !sqlx::query_scalar::<_, bool>(up)
        .bind(AFTER_START_SECONDS)
        .fetch_one(&mut *conn)
        .await
        .expect("Postgres runs")
    {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What a dead worker's job is told.
const CRASHED: &str = "the process that ran it died or did not answer";

async fn end_exhausted(conn: &mut PgConnection, dead: &[i32]) -> Result<u64, Error> {
    let ended: i64 = sqlx::query_scalar(concat!(
        "with held as (
            select segment, id as held from queue.hot where worker = any($1) and (attempt >= max_attempts or cancel)
            for update skip locked
        ), over as (
            delete from queue.hot using held where hot.segment = held.segment and hot.id = held.held
            returning id, created_at, timeout_ms, priority, attempt, max_attempts, kind, unique_key, subject, gate, trace, payload,
                      queue.noted(errors, attempt, 'crashed', $2) as errors, started_at,
                      case when cancel then 'cancelled' else 'failed' end as status, null::json as result,
                      case when cancel then 'cancelled' else 'crashed' end as code, $2 as error
        ), ",
        end!(),
        " select count(*) from over"
    ))
    .bind(dead)
    .bind(CRASHED)
    .fetch_one(conn)
    .await?;
    Ok(ended as u64)
}

async fn give_back(conn: &mut PgConnection, dead: &[i32]) -> Result<u64, Error> {
    let done = sqlx::query(
        "with held as (
            select segment, id from queue.hot where worker = any($1) for update skip locked
         )
         update queue.hot set worker = 0, started_at = null, percent = null, stage = null,
                              errors = queue.noted(errors, attempt, 'crashed', $2)
         from held where hot.segment = held.segment and hot.id = held.id",
    )
    .bind(dead)
    .bind(CRASHED)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
