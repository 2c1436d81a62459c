//! How much is pending, for whoever has to say no before it is too much.

use crate::Error;
use sqlx::PgConnection;
use std::time::Duration;

/// The number of jobs that have not begun, counted up to `most`: asking costs no more for a million than for `most`.
pub async fn pending(conn: &mut PgConnection, most: u64) -> Result<u64, Error> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let counted: i64 = sqlx::query_scalar(
        "select count(*) from (
            select from queue.hot where worker = 0
            union all select from queue.waiting
            union all select from queue.parked
            limit $1
         ) pending",
    )
    .bind(most)
    .fetch_one(conn)
    .await?;
    Ok(counted.unsigned_abs())
}

/// The number of jobs under these limits that have not begun, counted up to `most`.
pub async fn pending_under(conn: &mut PgConnection, limit_keys: &[String], most: u64) -> Result<u64, Error> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let counted: i64 = sqlx::query_scalar(
        "select count(*) from (
            select from queue.hot where gate = any($1) and worker = 0
            union all select from queue.waiting where gate = any($1)
            union all select from queue.parked where gate = any($1)
            limit $2
         ) pending",
    )
    .bind(limit_keys.iter().map(|key| crate::text::clean(key)).collect::<Vec<_>>())
    .bind(most)
    .fetch_one(conn)
    .await?;
    Ok(counted.unsigned_abs())
}

/// How long the oldest due job of each kind has waited, read at the heads of its lines; kinds with none are missing.
pub(crate) async fn oldest(conn: &mut PgConnection, kinds: &[&str]) -> Result<Vec<(String, Duration)>, Error> {
    let ages: Vec<(String, f64)> = sqlx::query_as(
        "select kinds.kind, greatest(max(extract(epoch from clock_timestamp() - head.queued_at)), 0)::float8
         from unnest($1::text[]) kinds (kind), generate_series(0, 2) priority, lateral (
             select queued_at from queue.hot
             where hot.kind = kinds.kind and hot.priority = priority and worker = 0 order by place limit 1
         ) head
         group by kinds.kind",
    )
    .bind(kinds)
    .fetch_all(conn)
    .await?;
    Ok(ages.into_iter().map(|(kind, seconds)| (kind, Duration::from_secs_f64(seconds))).collect())
}
