//! Pausing a kind: what runs goes on, nothing new begins, until somebody resumes it.

use crate::Error;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A kind that is not claimed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Paused {
    /// The kind.
    pub kind: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// What whoever paused it said.
    pub reason: Option<String>,
}

/// Pauses a kind, on all nodes: no claim that begins after the commit takes a job of it. Pausing twice is pausing once.
pub async fn pause(conn: &mut PgConnection, kind: &str, reason: Option<&str>) -> Result<(), Error> {
    sqlx::query("insert into queue.paused (kind, reason) values ($1, $2) on conflict (kind) do nothing")
        .bind(crate::text::clean(kind))
        .bind(reason.map(crate::text::clean))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a pause; false when there was none. Runners begin with the commit.
pub async fn resume(conn: &mut PgConnection, kind: &str) -> Result<bool, Error> {
    let resumed = sqlx::query("delete from queue.paused where kind = $1").bind(kind).execute(&mut *conn).await?;
    if resumed.rows_affected() == 0 {
        return Ok(false);
    }
    crate::notify::notify_everywhere(conn).await?;
    Ok(true)
}

/// The kinds that are paused now.
pub async fn paused(conn: &mut PgConnection) -> Result<Vec<Paused>, Error> {
    Ok(sqlx::query_as("select kind, since, reason from queue.paused order by kind").fetch_all(conn).await?)
}
