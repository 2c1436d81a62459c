//! Letting go of rows nobody needs any more: old events, finished jobs and alerts, expired sessions and tickets, files in the
//! trash, contents without a file, entries of the audit log.

use serde::Serialize;
use sqlx::PgPool;
use std::time::Duration;
use time::OffsetDateTime;

/// How long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events, which clients that come back replay.
    pub events: Duration,
    /// Jobs that were completed or cancelled, and alerts that are over.
    pub jobs: Duration,
    /// Jobs that failed: they wait for somebody to look at them.
    pub dead_jobs: Duration,
    /// Files in the trash; `None` leaves them until somebody deletes them.
    pub trash: Option<Duration>,
    /// Contents that no file points at.
    pub contents: Duration,
    /// Entries of the audit log; a day at least.
    pub audit: Duration,
}

/// What was let go of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Retained {
    /// Events.
    pub events: u64,
    /// Sessions, tickets, set-up links and invitations.
    pub sessions: u64,
    /// Files in the trash.
    pub files: u64,
    /// Contents; their bytes go with the next sweep of the store.
    pub contents: u64,
    /// Rows about the system: alerts, samples, programs, readings that are over, imports.
    pub system: u64,
    /// Entries of the audit log.
    pub audit: u64,
}

/// Removes what is past its time.
pub async fn retain(pool: &PgPool, keep: &Retention) -> anyhow::Result<Retained> {
    let mut conn = pool.acquire().await?;
    let before = |age: Duration| OffsetDateTime::now_utc() - age;
    let mut retained = Retained {
        events: db::expiry::events(&mut conn, before(keep.events)).await?,
        sessions: db::sessions::delete_expired(&mut conn).await?
            + db::expiry::tickets(&mut conn).await?
            + db::invitations::delete_expired(&mut conn).await?,
        files: 0,
        contents: 0,
        system: db::expiry::system(&mut conn, before(keep.jobs)).await?
            + db::expiry::readings(&mut conn, before(keep.jobs)).await?
            + db::expiry::imports(&mut conn, before(keep.jobs)).await?,
        audit: db::expiry::audit(&mut conn, before(keep.audit)).await?,
    };
    db::expiry::upload_keys(&mut conn).await?;
    db::expiry::uploads(&mut conn).await?;
    if let Some(trash) = keep.trash {
        retained.files = db::expiry::trash(&mut conn, before(trash)).await?;
    }
    queue::maintain(&mut conn).await?;
    queue::retention(&mut conn, keep.jobs, keep.dead_jobs).await?;
    for hash in db::contents::unreferenced(&mut conn, before(keep.contents), 10_000).await? {
        retained.contents += u64::from(db::contents::delete_unreferenced(&mut conn, &hash).await?);
    }
    Ok(retained)
}
