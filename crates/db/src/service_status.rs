//! The programs that run, each by what it last said of itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;

/// A program reports every ten seconds. One that has not for so long, in seconds, is not there.
const FRESH_S: f64 = 30.0;

/// What a program says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Report<'a> {
    /// Its name.
    pub service: &'a str,
    /// Where it runs; one row for each.
    pub node: &'a str,
    /// The version it was built from.
    pub version: &'a str,
    /// Its memory, in the form of [`MemoryUse`].
    pub memory: Value,
    /// Of the program that has the store: how that is.
    pub store: Option<StoreUse>,
}

/// A program that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceStatus {
    /// Its name.
    pub service: String,
    /// Where it runs.
    pub node: String,
    /// The version it was built from.
    pub version: String,
    /// Its memory.
    pub memory: MemoryUse,
    /// Of the program that has the store: how that is.
    pub store: Option<StoreUse>,
    /// When it said so.
    pub reported_at: OffsetDateTime,
}

/// The memory of a program and of its children. What its system does not tell is none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemoryUse {
    /// Used now.
    pub used_bytes: u64,
    /// The most it may have.
    pub limit_bytes: Option<u64>,
    /// The most it ever had.
    pub peak_bytes: Option<u64>,
    /// How many of its processes were killed for want of memory.
    pub oom_kills: Option<u64>,
}

impl MemoryUse {
    /// The part of the limit that is used; none without a limit.
    pub fn share(&self) -> Option<f64> {
        self.limit_bytes.filter(|limit| *limit > 0).map(|limit| self.used_bytes as f64 / limit as f64)
    }
}

/// The store's volume, and how often what was asked of the cache was there since the program's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreUse {
    /// Bytes free for this program.
    pub free_bytes: u64,
    /// Bytes of the volume.
    pub total_bytes: u64,
    /// Reads of artifacts that were there.
    pub cache_hits: u64,
    /// Reads of artifacts that were not.
    pub cache_misses: u64,
}

/// Writes a report in the place of the program's last one.
pub async fn report(conn: &mut PgConnection, report: &Report<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into service_status (service, node, version, memory, store) values ($1, $2, $3, $4, $5)
         on conflict (service, node) do update
         set version = excluded.version, memory = excluded.memory, store = excluded.store, reported_at = now()",
    )
    .bind(report.service)
    .bind(report.node)
    .bind(report.version)
    .bind(&report.memory)
    .bind(report.store.map(Json))
    .execute(conn)
    .await?;
    Ok(())
}

/// The name under which [`report_database`] writes.
pub const DATABASE: &str = "postgres";

/// Writes down how Postgres is, which says nothing by itself: its memory, where its container has a limit of its own.
pub async fn report_database(conn: &mut PgConnection) -> sqlx::Result<()> {
    // Without one, nothing of it: not even what was known before, as it then would be missed.
    sqlx::query(
        "with memory as materialized (select database_memory() as said),
              gone as (delete from service_status using memory where service = $1 and said is null)
         insert into service_status (service, node, version, memory)
         select $1, current_database(), split_part(current_setting('server_version'), ' ', 1), said from memory where said is not null
         on conflict (service, node) do update
         set version = excluded.version, memory = excluded.memory, reported_at = now()",
    )
    .bind(DATABASE)
    .execute(conn)
    .await?;
    Ok(())
}

/// The programs that are there, by name and place.
pub async fn present(conn: &mut PgConnection) -> sqlx::Result<Vec<ServiceStatus>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select service, node, version, memory, store, reported_at from service_status
         where reported_at > now() - make_interval(secs => $1) order by service, node",
    )
    .bind(FRESH_S)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ServiceStatus::from).collect())
}

/// The names of programs that were there within the last day and are not, with how many seconds the last of that name has been
/// silent. What has been gone for longer was taken out of service by somebody.
pub async fn missing(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, f64)>> {
    sqlx::query_as(
        "select service, extract(epoch from now() - max(reported_at))::float8 from service_status
         group by service
         having max(reported_at) between now() - interval '1 day' and now() - make_interval(secs => $1)
         order by service",
    )
    .bind(FRESH_S)
    .fetch_all(conn)
    .await
}

/// Whether a program of that name is there.
pub async fn is_present(conn: &mut PgConnection, service: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from service_status
                        where service = $1 and reported_at > now() - make_interval(secs => $2))",
    )
    .bind(service)
    .bind(FRESH_S)
    .fetch_one(conn)
    .await
}

#[derive(sqlx::FromRow)]
struct Row {
    service: String,
    node: String,
    version: String,
    memory: Json<MemoryUse>,
    store: Option<Json<StoreUse>>,
    reported_at: OffsetDateTime,
}

impl From<Row> for ServiceStatus {
    fn from(row: Row) -> Self {
        let Row { service, node, version, memory, store, reported_at } = row;
        Self { service, node, version, memory: memory.0, store: store.map(|store| store.0), reported_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sqlx::PgPool;

    /// Here it has no container, or one without a limit; a function in its place says what one with a limit says.
    #[sqlx::test(migrations = "../../migrations")]
    async fn the_database_is_among_them_where_its_memory_is_limited(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for (said, expected) in [
            ("null", None),
            (r#"'{"usedBytes": 95, "limitBytes": 100, "peakBytes": 99, "oomKills": 1}'"#, Some((Some(0.95), Some(1)))),
            ("null", None),
        ] {
            let function = format!(
                "create or replace function database_memory() returns jsonb language sql as $$ select {said}::jsonb $$"
            );
            sqlx::query(sqlx::AssertSqlSafe(function)).execute(&mut *conn).await.unwrap();
            report_database(&mut conn).await.unwrap();
            let there = present(&mut conn).await.unwrap();
            let memory = there.first().map(|database| (database.memory.share(), database.memory.oom_kills));
            assert_eq!(memory, expected);
        }
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_program_that_says_nothing_any_more_is_not_there(pool: PgPool) {
        let memory =
            json!({"usedBytes": 95, "limitBytes": 100, "peakBytes": null, "oomKills": 0, "source": "container"});
        let store = Some(StoreUse { free_bytes: 5, total_bytes: 10, cache_hits: 1, cache_misses: 2 });
        let said = Report { service: "processor", node: "a:3003", version: "1", memory, store };
        let mut conn = pool.acquire().await.unwrap();
        for version in ["1", "2"] {
            report(&mut conn, &Report { version, ..said.clone() }).await.unwrap();
        }
        let [there] = present(&mut conn).await.unwrap().try_into().unwrap();
        assert_eq!((there.version.as_str(), there.store), ("2", store), "one row for each place");
        assert_eq!((there.memory.share(), there.memory.peak_bytes), (Some(0.95), None));
        assert!(is_present(&mut conn, "processor").await.unwrap() && !is_present(&mut conn, "web").await.unwrap());
        sqlx::query("update service_status set reported_at = now() - interval '31 s'")
            .execute(&mut *conn)
            .await
            .unwrap();
        assert_eq!(present(&mut conn).await.unwrap(), []);
        assert!(!is_present(&mut conn, "processor").await.unwrap());
        let [(name, silent_s)] = missing(&mut conn).await.unwrap().try_into().unwrap();
        assert!(name == "processor" && silent_s >= 31.0, "{name} {silent_s}");
        report(&mut conn, &Report { node: "b:3003", ..said.clone() }).await.unwrap();
        assert_eq!(missing(&mut conn).await.unwrap(), [], "another took its place");
        sqlx::query("update service_status set reported_at = now() - interval '25 h'")
            .execute(&mut *conn)
            .await
            .unwrap();
        assert_eq!(missing(&mut conn).await.unwrap(), [], "it is not expected any more");
    }
}
