//! What a person may do to a job: cancel it, or run it again.

use crate::notify::{CANCEL, CHANNEL};
use crate::sql::{bring_back, carried, end};
use crate::{Error, JobId, Status, finish};
use sqlx::{Acquire, PgConnection};

/// What became of a cancel or a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done. After the commit of a retry call [`Queue::wake`](crate::Queue::wake).
    Yes,
    /// The job is running; its worker has been told to stop.
    Requested,
    /// There is no such job.
    NotFound,
    /// The job's status does not allow it: only pending and running jobs are cancelled, only failed, cancelled and waiting
    /// ones are run again.
    NotPossible(Status),
    /// Another job of the same unique key is in flight; running both would break the key's promise.
    KeyTaken(JobId),
}

/// Cancels a job: at once if it has not begun, else by telling its worker.
///
/// # Errors
/// [`Error::Database`] only; whatever else keeps the job from being cancelled is an answer.
pub async fn cancel(conn: &mut PgConnection, id: JobId) -> Result<Changed, Error> {
    // A job may be claimed, promoted or handed back between two of these statements; then the next round finds it.
    for _ in 0..3 {
        if cancel_pending(conn, id).await? {
            return Ok(Changed::Yes);
        }
        if tell_worker(conn, id).await? {
            return Ok(Changed::Requested);
        }
        match status(conn, id).await? {
            None => return Ok(Changed::NotFound),
            Some(status @ (Status::Completed | Status::Failed | Status::Cancelled)) => {
                return Ok(Changed::NotPossible(status));
            }
            Some(Status::Pending | Status::Processing) => {}
        }
    }
    Ok(Changed::NotPossible(Status::Processing))
}

async fn cancel_pending(conn: &mut PgConnection, id: JobId) -> Result<bool, Error> {
    let done: i64 = sqlx::query_scalar(concat!(
        "with unbegun as (
            delete from queue.hot where id = $1 and worker = 0 returning ",
        carried!(),
        "), waiting as (
            delete from queue.waiting where id = $1 returning ",
        carried!(),
        "), parked as (
            delete from queue.parked where id = $1 returning ",
        carried!(),
        "), over as (
            select *, null::timestamptz as started_at, 'cancelled' as status, null::json as result, 'cancelled' as code,
                   errors -> -1 ->> 'error' as error
            from (select * from unbegun union all select * from waiting union all select * from parked) gone
        ), ",
        end!(),
        " select count(*) from over"
    ))
    .bind(id.0)
    .fetch_one(conn)
    .await?;
    Ok(done == 1)
}

/// Marks a running job. The worker reads the mark at its next heartbeat, and the notification makes that now; it may be in
/// this transaction, because people cancel one job at a time.
async fn tell_worker(conn: &mut PgConnection, id: JobId) -> Result<bool, Error> {
    let told = sqlx::query(
        "with told as (update queue.hot set cancel = true where id = $1 and worker <> 0 returning id)
         select pg_notify($2, $3) from told",
    )
    .bind(id.0)
    .bind(CHANNEL)
    .bind(CANCEL)
    .fetch_optional(conn)
    .await?;
    Ok(told.is_some())
}

/// Runs a failed or cancelled job again, with all its attempts; one that waits for its next attempt runs now.
///
/// # Errors
/// [`Error::Busy`] when the job's unique key changed hands over and over while it was being taken: ask again. [`Error::Database`]
/// when the database did not answer. The caller's transaction is then as it was before the call, or broken, as after any statement
/// that fails. That a job cannot be run again is no error but an answer, [`Changed`].
pub async fn retry(conn: &mut PgConnection, id: JobId) -> Result<Changed, Error> {
    if finish::make_due_now(conn, &[id.0]).await? == 1 {
        return Ok(Changed::Yes);
    }
    // A refusal has to put back what it took without ending the caller's transaction, so this is a savepoint in it.
    let mut tx = conn.begin().await?;
    let Some(key) = revive(&mut tx, id).await? else {
        tx.rollback().await?;
        return Ok(status(conn, id).await?.map_or(Changed::NotFound, Changed::NotPossible));
    };
    match take_key(&mut tx, id, key).await? {
        Some(other) => {
            tx.rollback().await?;
            Ok(Changed::KeyTaken(other))
        }
        None => {
            tx.commit().await?;
            Ok(Changed::Yes)
        }
    }
}

/// Takes a job back out of the finished ones; returns its unique key, which it may have, if there was such a job.
async fn revive(conn: &mut PgConnection, id: JobId) -> Result<Option<Option<String>>, Error> {
    let key = sqlx::query_scalar(concat!(
        "with gone as (
            delete from queue.finished where id = $1 and status in ('failed', 'cancelled') returning *
        ), ",
        bring_back!(),
        " select unique_key from gone"
    ))
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    Ok(key)
}

/// Takes the job's key if it has one; returns the other job that has it.
async fn take_key(conn: &mut PgConnection, id: JobId, key: Option<String>) -> Result<Option<JobId>, Error> {
    let Some(key) = key else { return Ok(None) };
    for _ in 0..10 {
        let taken = sqlx::query("insert into queue.keys (key, job_id) values ($1, $2) on conflict do nothing")
            .bind(&key)
            .bind(id.0)
            .execute(&mut *conn)
            .await?;
        if taken.rows_affected() == 1 {
            return Ok(None);
        }
        let holder: Option<i64> = sqlx::query_scalar("select job_id from queue.keys where key = $1")
            .bind(&key)
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(holder) = holder {
            return Ok(Some(JobId(holder)));
        }
    }
    Err(Error::Busy(key))
}

async fn status(conn: &mut PgConnection, id: JobId) -> Result<Option<Status>, Error> {
    let name: Option<String> =
        sqlx::query_scalar("select status from queue.jobs where id = $1").bind(id.0).fetch_optional(conn).await?;
    Ok(name.as_deref().and_then(Status::named))
}
