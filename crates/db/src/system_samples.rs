//! How the suite was, minute by minute, for plots of the last hour.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// What is written of a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, sqlx::FromRow)]
pub struct Sample {
    /// Jobs that ended in the minute before.
    pub jobs: i64,
    /// How many of them failed.
    pub failed: i64,
    /// How many jobs wait.
    pub pending: i64,
    /// Mean time that those which ended had waited.
    pub wait_mean_ms: f64,
    /// 99 of 100 of them waited no longer.
    pub wait_p99_ms: f64,
    /// The largest part of its memory that a program uses; none where no program has a limit.
    pub memory_share: Option<f64>,
    /// Bytes free for the store; none without a processor.
    pub disk_free_bytes: Option<i64>,
    /// Reads of artifacts that were there, since the processor's start.
    pub cache_hits: Option<i64>,
    /// Reads of artifacts that were not, since the processor's start.
    pub cache_misses: Option<i64>,
}

/// A minute of the past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its begin.
    pub minute: OffsetDateTime,
    /// What was written of it.
    pub sample: Sample,
    /// The part of reads since the point before that were there; none when nothing was read, or the processor began anew.
    pub cache_hit_rate: Option<f64>,
}

/// True when the present minute has no sample yet.
pub async fn is_due(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select not exists (select from system_samples where minute = date_trunc('minute', now()))")
        .fetch_one(conn)
        .await
}

/// Writes the present minute's sample; of several writers the first one's stays.
pub async fn insert(conn: &mut PgConnection, sample: &Sample) -> sqlx::Result<()> {
    sqlx::query(
        "insert into system_samples (minute, jobs, failed, pending, wait_mean_ms, wait_p99_ms, memory_share, disk_free_bytes,
                                     cache_hits, cache_misses)
         values (date_trunc('minute', now()), $1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
    )
    .bind(sample.jobs)
    .bind(sample.failed)
    .bind(sample.pending)
    .bind(sample.wait_mean_ms)
    .bind(sample.wait_p99_ms)
    .bind(sample.memory_share)
    .bind(sample.disk_free_bytes)
    .bind(sample.cache_hits)
    .bind(sample.cache_misses)
    .execute(conn)
    .await?;
    Ok(())
}

/// The points of the last hour, oldest first. Minutes in which no worker ran are missing.
pub async fn last_hour(conn: &mut PgConnection) -> sqlx::Result<Vec<Point>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select minute, jobs, failed, pending, wait_mean_ms, wait_p99_ms, memory_share, disk_free_bytes, cache_hits, cache_misses,
                cache_hits - lag(cache_hits) over minutes as hits, cache_misses - lag(cache_misses) over minutes as misses
         from system_samples where minute > now() - interval '1 hour' window minutes as (order by minute) order by minute",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(Point::from).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    minute: OffsetDateTime,
    #[sqlx(flatten)]
    sample: Sample,
    hits: Option<i64>,
    misses: Option<i64>,
}

impl From<&Row> for Point {
    fn from(row: &Row) -> Self {
        let reads = row.hits.zip(row.misses).filter(|(hits, misses)| *hits >= 0 && *misses >= 0 && hits + misses > 0);
        Self {
            minute: row.minute,
            sample: row.sample,
            cache_hit_rate: reads.map(|(hits, misses)| hits as f64 / (hits + misses) as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_minute_has_one_sample_and_the_past_its_hit_rates(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        // Both statements are to see one minute, whenever the test runs.
        let mut tx = crate::begin(&pool).await.unwrap();
        assert!(is_due(&mut tx).await.unwrap());
        for jobs in [5, 6] {
            insert(&mut tx, &Sample { jobs, ..Sample::default() }).await.unwrap();
        }
        assert!(!is_due(&mut tx).await.unwrap());
        tx.commit().await.unwrap();
        sqlx::raw_sql(
            "insert into system_samples (minute, jobs, failed, pending, wait_mean_ms, wait_p99_ms, cache_hits, cache_misses)
             select date_trunc('minute', now()) - age, 1, 0, 0, 0, 0, hits, misses
             from (values (interval '50 min', 8, 2), ('40 min', 10, 4), ('30 min', 10, 4), ('20 min', 1, 0), ('2 hours', 7, 7))
                  past (age, hits, misses)",
        )
        .execute(&mut *conn)
        .await
        .unwrap();
        let points = last_hour(&mut conn).await.unwrap();
        let rates: Vec<Option<f64>> = points.iter().map(|point| point.cache_hit_rate).collect();
        assert_eq!(rates, [None, Some(0.5), None, None, None]);
        assert_eq!(points[4].sample.jobs, 5, "the first one's stays");
    }
}
