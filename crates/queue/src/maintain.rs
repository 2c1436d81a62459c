//! Housekeeping: moving due jobs to the hot table, making days ahead, dropping days that are over.

use crate::workers::{self, Reaped};
use crate::{Error, Queue};
use sqlx::{PgConnection, Row};
use std::time::Duration;

/// Days made ahead.
const DAYS_AHEAD: i32 = 7;

/// Jobs moved by one statement.
const BATCH: i64 = 1000;

/// What a promotion did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Promoted {
    /// Jobs moved.
    pub jobs: u64,
    /// When the next one is due.
    pub next: Option<Duration>,
}

/// Moves jobs that are due from the waiting table to the hot one.
pub(crate) async fn promote(conn: &mut PgConnection) -> Result<Promoted, Error> {
    let row = sqlx::query(
        "with due as (
            delete from queue.waiting where ctid = any (array(
                select ctid from queue.waiting where run_at <= clock_timestamp() order by run_at limit $1 for update skip locked
            ))
            returning *
        ), moved as (
            insert into queue.hot (id, priority, attempt, max_attempts, created_at, queued_at, kind, unique_key, subject, trace,
                                   payload, errors)
            select id, priority, attempt, max_attempts, created_at, run_at, kind, unique_key, subject, trace, payload, errors
            from due
            returning 1
        )
        select (select count(*) from moved) as jobs,
               (select greatest(extract(epoch from min(run_at) - clock_timestamp()), 0)::float8 from queue.waiting
                where run_at > (select coalesce(max(run_at), '-infinity') from due)) as next_seconds",
    )
    .bind(BATCH)
    .fetch_one(conn)
    .await?;
    let jobs: i64 = row.try_get("jobs")?;
    let next: Option<f64> = row.try_get("next_seconds")?;
    Ok(Promoted { jobs: jobs as u64, next: next.map(|seconds| Duration::from_secs_f64(seconds.min(86_400.0))) })
}

/// What maintenance did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintained {
    /// Partitions made.
    pub partitions: i32,
    /// Waiting jobs that had become due.
    pub promoted: u64,
    /// What dead workers left.
    pub reaped: Reaped,
}

/// Does by hand what runners do by themselves: partitions for the days ahead, promotion of due jobs, reaping. Not within
/// a long transaction; afterwards [`Queue::wake`] if `promoted` or `reaped.returned` is not zero.
pub async fn maintain(conn: &mut PgConnection) -> Result<Maintained, Error> {
    let partitions = make_partitions(conn).await?;
    let mut promoted = 0;
    loop {
        let jobs = promote(conn).await?.jobs;
        promoted += jobs;
        if jobs < BATCH as u64 {
            break;
        }
    }
    let reaped = workers::reap(conn).await?;
    Ok(Maintained { partitions, promoted, reaped })
}

/// Makes the partitions of the days ahead.
pub(crate) async fn make_partitions(conn: &mut PgConnection) -> Result<i32, Error> {
    Ok(sqlx::query_scalar("select queue.make_partitions($1)").bind(DAYS_AHEAD).fetch_one(conn).await?)
}

/// Drops the finished jobs of days that ended longer than `keep` ago; answers with the number of days dropped. Dropping
/// needs a short lock on the whole table: rather than queue everybody behind a long reader, it gives up and tries next time.
pub async fn retention(conn: &mut PgConnection, keep: Duration) -> Result<i32, Error> {
    Ok(sqlx::query_scalar("select queue.drop_partitions(make_interval(secs => $1))")
        .bind(keep.as_secs_f64())
        .fetch_one(conn)
        .await?)
}

impl Queue {
    /// [`maintain`] on a connection of the pool, waking whoever can run what it freed.
    pub async fn maintain(&self) -> Result<Maintained, Error> {
        let mut conn = self.pool().acquire().await?;
        let done = maintain(&mut conn).await?;
        if done.promoted + done.reaped.returned > 0 {
            self.wake();
        }
        Ok(done)
    }
}
