//! How it went lately, over all kinds.

use crate::Error;
use sqlx::PgConnection;
use std::time::Duration;

/// The jobs that ended in some time, but for cancelled ones.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct Recent {
    /// How many there are.
    pub jobs: i64,
    /// How many of them failed.
    pub failed: i64,
    /// Mean time they waited from being put in until they were begun, as [`crate::KindCounts::wait_mean_ms`] counts it.
    pub wait_mean_ms: f64,
    /// 99 of 100 waited no longer than this.
    pub wait_p99_ms: f64,
}

/// What ended since `ago`, of the newest hundred thousand jobs: asking costs no more however long the history is.
///
/// # Errors
/// [`Error::Database`] when the database did not answer.
pub async fn recent(conn: &mut PgConnection, ago: Duration) -> Result<Recent, Error> {
    let recent = sqlx::query_as(
        "select count(*) as jobs, count(*) filter (where status = 'failed') as failed,
                coalesce(avg(wait_ms), 0) as wait_mean_ms,
                coalesce(percentile_disc(0.99) within group (order by wait_ms), 0) as wait_p99_ms
         from (
             select status, case when attempt = 1 and errors is null
                                 then extract(epoch from started_at - created_at)::float8 * 1000 end as wait_ms
             from (
                 select status, attempt, errors, created_at, started_at from queue.finished
                 where finished_at > clock_timestamp() - make_interval(secs => $1) order by id desc limit 100000
             ) newest
             where status <> 'cancelled'
         ) ended",
    )
    .bind(ago.as_secs_f64())
    .fetch_one(conn)
    .await?;
    Ok(recent)
}
