//! Housekeeping: moving due jobs to the hot table, making days ahead, dropping days that are over.

use crate::sql::{carried, make_due};
use crate::workers::{self, Reaped};
use crate::{Error, Queue, limits, schedule, segment};
use sqlx::PgConnection;
use std::time::Duration;

/// Days made ahead.
const DAYS_AHEAD: i32 = 7;

/// Jobs moved by one statement.
const BATCH: i64 = 1000;

/// What a promotion did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Promoted {
    /// Jobs that were not due before, and parked jobs that their limits admit now.
    pub jobs: u64,
    /// A recurring job's time has come.
    pub scheduled: bool,
    /// When there may be more.
    pub next: Option<Duration>,
}

/// Moves due jobs on from the waiting table, and parked jobs that their limits admit.
pub(crate) async fn promote(conn: &mut PgConnection) -> Result<Promoted, Error> {
    let (jobs, scheduled, next): (i64, bool, Option<f64>) = sqlx::query_as(concat!(
        "with due as (
            delete from queue.waiting where ctid = any (array(
                select ctid from queue.waiting where run_at <= clock_timestamp() order by run_at limit $1 for update skip locked
            ))
            returning ",
        carried!(),
        ", run_at as queued_at
        ), ",
        make_due!(),
        " select (select count(*) from due),
               exists (select from queue.schedules where next_at <= clock_timestamp()),
               least((select extract(epoch from min(run_at) - clock_timestamp())::float8 from queue.waiting
                      where run_at > (select coalesce(max(queued_at), '-infinity') from due)),
                     (select extract(epoch from min(next_at) - clock_timestamp())::float8 from queue.schedules
                      where next_at > clock_timestamp()))"
    ))
    .bind(BATCH)
    .fetch_one(&mut *conn)
    .await?;
    let admitted = limits::admit(conn).await?;
    let next = next.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0)));
    let next = [next, admitted.next].into_iter().flatten().min();
    Ok(Promoted { jobs: jobs.unsigned_abs() + admitted.jobs, scheduled, next })
}

/// What maintenance did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintained {
    /// Partitions made.
    pub partitions: i32,
    /// Waiting jobs that had become due.
    pub promoted: u64,
    /// Recurring jobs whose time had come.
    pub scheduled: u64,
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
    let scheduled = schedule::tick(conn).await?;
    tidy(conn).await?;
    segment::rotate(conn).await?;
    Ok(Maintained { partitions, promoted, scheduled, reaped })
}

/// Folds the counters of finished jobs and deletes limits that hold nothing back.
pub(crate) async fn tidy(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select queue.fold_tallies()").execute(&mut *conn).await?;
    limits::delete_idle(conn).await?;
    Ok(())
}

/// Makes the partitions of the days ahead.
pub(crate) async fn make_partitions(conn: &mut PgConnection) -> Result<i32, Error> {
    Ok(sqlx::query_scalar("select queue.make_partitions($1)").bind(DAYS_AHEAD).fetch_one(conn).await?)
}

/// Drops the finished jobs of days that ended longer than `keep` ago, and dead letters after `keep_dead`; returns the
/// number of partitions dropped. Dropping needs a short lock on the whole table: rather than queue everybody behind a long
/// reader, it gives up and tries next time.
pub async fn retention(conn: &mut PgConnection, keep: Duration, keep_dead: Duration) -> Result<i32, Error> {
    Ok(sqlx::query_scalar(
        "select queue.drop_partitions('done', make_interval(secs => $1)) + queue.drop_partitions('dead', make_interval(secs => $2))",
    )
    .bind(keep.as_secs_f64())
    .bind(keep_dead.as_secs_f64())
    .fetch_one(conn)
    .await?)
}

impl Queue {
    /// [`maintain`] on a connection of the pool, waking whoever can run what it freed.
    pub async fn maintain(&self) -> Result<Maintained, Error> {
        let mut conn = self.pool().acquire().await?;
        let done = maintain(&mut conn).await?;
        if done.promoted + done.scheduled + done.reaped.returned > 0 {
            self.wake();
        }
        Ok(done)
    }
}
