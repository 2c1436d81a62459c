//! Limits: jobs of one key that must not all run, or not all stand in line, at once. Jobs over a limit are parked outside of the
//! claim path, so a key that is over its limit costs the others nothing. In SQL a limit is a row of `queue.gates`.

use crate::Error;
use sqlx::PgConnection;
use std::time::Duration;

/// How many jobs of a key may be in flight, or start, at once. The limit that the newest job of a key came with counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Whom it limits: a drive, a customer, a provider.
    pub key: String,
    /// At most so many jobs of the key are due or running at once, over all nodes.
    pub max_in_flight: Option<i32>,
    /// At most so many jobs of the key are admitted in a time.
    pub rate: Option<Rate>,
}

/// A token bucket: `burst` at once, and on average `jobs` in each `per`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How many jobs.
    pub jobs: f64,
    /// In how long a time.
    pub per: Duration,
    /// How many at once after a quiet time; at least 1.
    pub burst: f64,
}

impl Limit {
    /// At most `running` jobs of the key run at once, over all nodes.
    pub fn concurrency(key: impl Into<String>, running: i32) -> Self {
        Self { key: key.into(), max_in_flight: Some(running.max(1)), rate: None }
    }

    /// Fairness between keys: a key has at most `share` jobs in the line that everybody stands in, and the rest is
    /// parked. A key with one job waits for at most `share` jobs of each other key, not for all they have.
    pub fn fair_share(key: impl Into<String>, share: i32) -> Self {
        Self::concurrency(key, share)
    }

    /// At most `jobs` of the key start in each `per`, over all nodes, and so many at once after a quiet time.
    pub fn rate(key: impl Into<String>, jobs: f64, per: Duration) -> Self {
        Self { key: key.into(), max_in_flight: None, rate: Some(Rate { jobs, per, burst: jobs.max(1.0) }) }
    }

    /// With another burst than a whole period's jobs.
    pub fn burst(self, burst: f64) -> Self {
        Self { rate: self.rate.map(|rate| Rate { burst: burst.max(1.0), ..rate }), ..self }
    }

    /// Jobs per second; no more than a bucket that never runs dry.
    fn per_second(&self) -> Option<f64> {
        self.rate.map(|rate| (rate.jobs / rate.per.as_secs_f64()).clamp(1e-9, 1e9))
    }
}

/// Writes the limits into the table. Rows that are there and say the same are not touched, so that transactions of one key do not
/// wait for each other.
pub(crate) async fn declare(conn: &mut PgConnection, limits: &[&Limit]) -> Result<(), Error> {
    sqlx::query(
        "with given as materialized (
            select distinct on (key) * from unnest($1::text[], $2::integer[], $3::float8[], $4::float8[])
                   with ordinality as given (key, open, rate, burst, number)
            order by key, number desc
        ), made as (
            insert into queue.gates (key, open, rate, burst, tokens)
            select key, open, rate, burst, coalesce(burst, 0) from given
            where not exists (select from queue.gates where gates.key = given.key)
            on conflict do nothing
        )
        update queue.gates set open = given.open, rate = given.rate, burst = given.burst,
                               tokens = least(gates.tokens, coalesce(given.burst, 0))
        from given
        where gates.key = given.key
          and (gates.open, gates.rate, gates.burst) is distinct from (given.open, given.rate, given.burst)",
    )
    .bind(limits.iter().map(|limit| crate::text::clean(&limit.key)).collect::<Vec<_>>())
    .bind(limits.iter().map(|limit| limit.max_in_flight).collect::<Vec<_>>())
    .bind(limits.iter().map(|limit| limit.per_second()).collect::<Vec<_>>())
    .bind(limits.iter().map(|limit| limit.rate.map(|rate| rate.burst.max(1.0))).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// What an admission did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Admitted {
    pub jobs: u64,
    /// When a bucket has its next token.
    pub next: Option<Duration>,
}

/// Moves parked jobs that their limits admit into the hot table.
pub(crate) async fn admit(conn: &mut PgConnection) -> Result<Admitted, Error> {
    let (jobs, next): (Option<i64>, Option<f64>) = sqlx::query_as(
        "select admitted.jobs, admitted.next_seconds
         from (select true as parked where exists (select from queue.parked)) found left join lateral queue.admit() admitted on true",
    )
    .fetch_optional(conn)
    .await?
    .unwrap_or_default();
    let next = next.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 3600.0)));
    Ok(Admitted { jobs: jobs.unwrap_or(0).unsigned_abs(), next })
}

/// Deletes limits without jobs in flight whose bucket is full again.
pub(crate) async fn delete_idle(conn: &mut PgConnection) -> Result<u64, Error> {
    let done = sqlx::query(
        "delete from queue.gates
         where (rate is null or tokens + rate * extract(epoch from clock_timestamp() - refilled_at) >= burst)
           and not exists (select from queue.parked where parked.gate = gates.key)
           and not exists (select from queue.waiting where waiting.gate = gates.key)
           and not exists (select from queue.hot where hot.gate = gates.key)",
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
