//! Dead letters: jobs that were given up stay where they can be looked at and run again, one by one or all that failed alike.

use crate::sql::bring_back;
use crate::{Error, text};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// Which dead letters; what is `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadLetters {
    /// Of this kind.
    pub kind: Option<String>,
    /// That failed with this code.
    pub code: Option<String>,
    /// Whose last error contains this.
    pub error: Option<String>,
    /// That failed since then.
    pub since: Option<OffsetDateTime>,
}

/// The most jobs one call replays.
const MAX_JOBS: i64 = 10_000;

/// A group of dead letters that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeadGroup {
    /// The kind.
    pub kind: String,
    /// The code.
    pub code: String,
    /// One of the errors.
    pub example: Option<String>,
    /// How many there are.
    pub jobs: i64,
    /// When the newest failed.
    pub newest: OffsetDateTime,
}

/// The dead letters, by kind and code, the most frequent first.
pub async fn dead_letters(conn: &mut PgConnection) -> Result<Vec<DeadGroup>, Error> {
    let groups = sqlx::query_as(
        "select kind, coalesce(code, '') as code, min(error) as example, count(*) as jobs, max(finished_at) as newest
         from queue.dead group by 1, 2 order by jobs desc, kind, code",
    )
    .fetch_all(conn)
    .await?;
    Ok(groups)
}

/// Runs dead letters again, with all their attempts and their history, oldest first, at most 10,000 in one call. Those whose
/// unique key another job in flight has stay where they are. Returns how many run again; after the commit
/// call [`Queue::wake`](crate::Queue::wake).
///
/// # Errors
/// [`Error::Database`] when the database did not answer; nothing was replayed then.
pub async fn replay(conn: &mut PgConnection, which: &DeadLetters) -> Result<u64, Error> {
    let replayed: i64 = sqlx::query_scalar(concat!(
        "with chosen as materialized (
            select id, unique_key, finished_at from queue.dead
            where ($1::text is null or kind = $1) and ($2::text is null or code = $2)
              and ($3::text is null or strpos(error, $3) > 0) and ($4::timestamptz is null or finished_at >= $4)
            order by id limit $5 for update skip locked
        ), taken as (
            insert into queue.keys (key, job_id)
            select distinct on (unique_key) unique_key, id from chosen where unique_key is not null order by unique_key, id
            on conflict do nothing
            returning job_id
        ), gone as (
            delete from queue.dead using chosen
            where dead.id = chosen.id and dead.finished_at = chosen.finished_at
              and (chosen.unique_key is null or chosen.id in (select job_id from taken))
            returning dead.*
        ), ",
        bring_back!(),
        " select count(*) from gone"
    ))
    .bind(which.kind.as_deref().map(text::clean))
    .bind(which.code.as_deref().map(text::clean))
    .bind(which.error.as_deref().map(text::clean))
    .bind(which.since)
    .bind(MAX_JOBS)
    .fetch_one(conn)
    .await?;
    Ok(replayed as u64)
}
