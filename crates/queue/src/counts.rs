//! Counting jobs: one statement, so one snapshot, so the numbers are what SQL counts.

use crate::Error;
use sqlx::PgConnection;

/// The jobs of one kind.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct KindCounts {
    /// The kind.
    pub kind: String,
    /// A worker has them.
    pub active: i64,
    /// Not begun: due, delayed, parked by a limit or between two attempts.
    pub pending: i64,
    /// Done.
    pub completed: i64,
    /// Given up.
    pub failed: i64,
    /// Stopped by somebody.
    pub cancelled: i64,
    /// Nothing of this kind begins until somebody resumes it.
    pub paused: bool,
    /// How long the oldest due job has waited, in seconds; 0 when none waits.
    pub oldest_pending_s: f64,
    /// Mean run time of the newest jobs of the last hour, at most ten thousand of all kinds.
    pub mean_ms: f64,
    /// 99 of 100 of those ran no longer than this.
    pub p99_ms: f64,
    /// The part of those that failed, 0 to 1.
    pub failed_share: f64,
    /// How many those are.
    pub recent: i64,
    /// How many of those failed.
    pub recent_failed: i64,
    /// Mean time that those waited from being put in until they were begun. A job that failed before is not counted, as it was put
    /// in long ago, and one that gave up its turn counts until it was begun last.
    pub wait_mean_ms: f64,
    /// 99 of 100 of those waited no longer than this.
    pub wait_p99_ms: f64,
    /// The longest attempt that runs now or ended in the last half minute: whoever looks more often than that sees every one.
    pub longest_ms: f64,
}

/// The counts of every kind that has a job.
pub async fn counts(conn: &mut PgConnection) -> Result<Vec<KindCounts>, Error> {
    counts_of(conn, &[]).await
}

/// The counts of every kind that has a job, and of the `known` kinds, zeroes included; in alphabetical order. Finished jobs
/// are counted by counters that are written with them, and not by reading them.
pub async fn counts_of(conn: &mut PgConnection, known: &[&str]) -> Result<Vec<KindCounts>, Error> {
    let rows = sqlx::query_as(
        "with live as (
            select kind, count(*) filter (where worker <> 0) as active, count(*) filter (where worker = 0) as pending,
                   min(queued_at) filter (where worker = 0) as oldest,
                   max(extract(epoch from clock_timestamp() - started_at)) filter (where worker <> 0)::float8 * 1000 as longest_ms
            from queue.hot group by kind
        ), not_due as (
            select kind, count(*) as pending, null::timestamptz as oldest from queue.waiting group by kind
            union all
            select kind, count(*), min(queued_at) from queue.parked group by kind
        ), held as (
            select kind, sum(pending)::bigint as pending, min(oldest) as oldest from not_due group by kind
        ), ended as (
            select kind, coalesce(sum(jobs) filter (where status = 'completed'), 0)::bigint as completed,
                   coalesce(sum(jobs) filter (where status = 'failed'), 0)::bigint as failed,
                   coalesce(sum(jobs) filter (where status = 'cancelled'), 0)::bigint as cancelled
            from queue.tallies group by kind having bool_or(jobs <> 0)
        ), runs as (
            select kind, status, extract(epoch from finished_at - started_at)::float8 * 1000 as ms,
                   case when attempt = 1 and errors is null
                        then extract(epoch from started_at - created_at)::float8 * 1000 end as wait_ms,
                   finished_at > clock_timestamp() - interval '30 seconds' as is_fresh
            from (
                select kind, status, attempt, errors, created_at, started_at, finished_at from queue.finished
                where finished_at > now() - interval '1 hour' order by id desc limit 10000
            ) newest
            where status <> 'cancelled'
        ), recent as (
            select kind, avg(ms) as mean_ms, percentile_disc(0.99) within group (order by ms) as p99_ms,
                   avg((status = 'failed')::int)::float8 as failed_share,
                   count(*) as recent, count(*) filter (where status = 'failed') as recent_failed,
                   avg(wait_ms) as wait_mean_ms, percentile_disc(0.99) within group (order by wait_ms) as wait_p99_ms,
                   max(ms) filter (where is_fresh) as longest_ms
            from runs group by kind
        ), kinds as (
            select unnest($1::text[]) as kind
            union select kind from live union select kind from held
            union select kind from ended where completed + failed + cancelled > 0
        )
        select kind, coalesce(live.active, 0) as active, coalesce(live.pending, 0) + coalesce(held.pending, 0) as pending,
               coalesce(ended.completed, 0) as completed, coalesce(ended.failed, 0) as failed,
               coalesce(ended.cancelled, 0) as cancelled,
               exists (select from queue.paused where paused.kind = kinds.kind) as paused,
               greatest(coalesce(extract(epoch from clock_timestamp() - least(live.oldest, held.oldest)), 0), 0)::float8
                   as oldest_pending_s,
               coalesce(mean_ms, 0) as mean_ms, coalesce(p99_ms, 0) as p99_ms, coalesce(failed_share, 0) as failed_share,
               coalesce(recent.recent, 0) as recent, coalesce(recent_failed, 0) as recent_failed,
               coalesce(wait_mean_ms, 0) as wait_mean_ms, coalesce(wait_p99_ms, 0) as wait_p99_ms,
               coalesce(greatest(live.longest_ms, recent.longest_ms), 0) as longest_ms
        from kinds
        left join live using (kind) left join held using (kind) left join ended using (kind)
        left join recent using (kind)
        order by kind",
    )
    .bind(known)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}
