//! Events: what changed, for whoever listens. Written in the transaction of the change, read in the order of
//! transactions, so that a reader never steps over one that commits late.

use model::{ContentHash, ContentStatus, Event, EventKind, Progress};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// The Postgres channel that carries [`ProgressNote`]s, which are never stored.
pub const PROGRESS_CHANNEL: &str = "progress";

/// Writes an event on the caller's transaction and returns its number. Call [`notify`] after the commit.
pub async fn insert(
    conn: &mut PgConnection,
    kind: EventKind,
    drive_id: Option<Uuid>,
    file_id: Option<Uuid>,
    data: Value,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("insert into events (kind, drive_id, file_id, data) values ($1, $2, $3, $4) returning id")
        .bind(kind_name(kind)?)
        .bind(drive_id)
        .bind(file_id)
        .bind(data)
        .fetch_one(conn)
        .await
}

/// Writes a `file.status` event for every file that points at one of these contents, whose status is theirs, like [`insert`].
pub async fn insert_status(conn: &mut PgConnection, hashes: &[&str], status: ContentStatus) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into events (kind, drive_id, file_id, data)
         select $1, drive_id, id, jsonb_build_object('status', $2::text, 'contentHash', content_hash)
         from files where content_hash = any($3) order by created_at, id",
    )
    .bind(kind_name(EventKind::FileStatus)?)
    .bind(status.as_str())
    .bind(hashes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an event of this kind for each administrator, like [`insert`]; `data` gets the administrator's `userId`.
pub async fn insert_for_administrators(conn: &mut PgConnection, kind: EventKind, data: Value) -> sqlx::Result<()> {
    sqlx::query(
        "insert into events (kind, data) select $1, $2 || jsonb_build_object('userId', id) from users where is_admin order by id",
    )
    .bind(kind_name(kind)?)
    .bind(data)
    .execute(conn)
    .await?;
    Ok(())
}

/// The same as [`insert_status`] for one file alone.
pub async fn insert_file_status(
    conn: &mut PgConnection,
    file_id: Uuid,
    status: ContentStatus,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into events (kind, drive_id, file_id, data)
         select $1, drive_id, id, jsonb_build_object('status', $2::text, 'contentHash', content_hash)
         from files where id = $3",
    )
    .bind(kind_name(EventKind::FileStatus)?)
    .bind(status.as_str())
    .bind(file_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that there are new events. For a pool or a connection, after the commit and never inside the transaction:
/// NOTIFY takes a lock that every committing transaction with a NOTIFY waits for.
pub async fn notify(executor: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_notify($1, '')").bind(model::CHANNEL).execute(executor).await?;
    Ok(())
}

/// How far the work on a content has come, on its way to the people who look at its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressNote {
    /// The content that is worked on.
    pub content_hash: ContentHash,
    /// How far it is.
    #[serde(flatten)]
    pub progress: Progress,
}

/// Tells listeners how far a content is. Not stored. Callers send at most about four a second per content.
pub async fn notify_progress(
    executor: impl PgExecutor<'_>,
    content_hash: &ContentHash,
    progress: &Progress,
) -> Result<(), sqlx::Error> {
    let note = ProgressNote { content_hash: content_hash.clone(), progress: progress.clone() };
    let payload = serde_json::to_string(&note).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query("select pg_notify($1, $2)").bind(PROGRESS_CHANNEL).bind(payload).execute(executor).await?;
    Ok(())
}

/// A place in the log of events: everything up to and with it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The transaction, `xid8`.
    tx: i64,
    /// The event's number.
    id: i64,
}

/// What a reader gets: events in order, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The events.
    pub events: Vec<Event>,
    /// Where to read on from.
    pub cursor: Cursor,
}

/// The present end of the log: reading from here gives what is committed from now on, and perhaps a little before.
pub async fn end(conn: &mut PgConnection) -> Result<Cursor, sqlx::Error> {
    // Everything of a transaction below the snapshot's xmin is committed or gone; id is open above, so that the
    // cursor stands after all of them.
    let tx: i64 = sqlx::query_scalar("select (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint - 1")
        .fetch_one(conn)
        .await?;
    Ok(Cursor { tx, id: i64::MAX })
}

/// Where a client stands that saw the event of that number last. `None` when the event is not, or no longer, there:
/// the client has to look at everything again.
pub async fn resume(conn: &mut PgConnection, last_event_id: i64) -> Result<Option<Cursor>, sqlx::Error> {
    let tx: Option<i64> = sqlx::query_scalar("select (tx::text)::bigint from events where id = $1")
        .bind(last_event_id)
        .fetch_optional(conn)
        .await?;
    Ok(tx.map(|tx| Cursor { tx, id: last_event_id }))
}

/// The number of the last event at or before the cursor, for a client that starts there; 0 for none.
pub async fn last_id(conn: &mut PgConnection, at: Cursor) -> Result<i64, sqlx::Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "select id from events where (tx, id) <= ($1::text::xid8, $2) order by tx desc, id desc limit 1",
    )
    .bind(at.tx.to_string())
    .bind(at.id)
    .fetch_optional(conn)
    .await?;
    Ok(id.unwrap_or(0))
}

/// Up to `limit` events after the cursor, in the order of their transactions. It stops before the oldest transaction
/// that still runs: that one may have taken a lower number than events already committed.
pub async fn read_after(conn: &mut PgConnection, after: Cursor, limit: i64) -> Result<Batch, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select (tx::text)::bigint as tx, id, kind, drive_id, file_id, data from events
         where (tx, id) > ($1::text::xid8, $2) and tx < pg_snapshot_xmin(pg_current_snapshot())
         order by tx, id limit $3",
    )
    .bind(after.tx.to_string())
    .bind(after.id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let cursor = rows.last().map_or(after, |row| Cursor { tx: row.tx, id: row.id });
    Ok(Batch { events: rows.into_iter().filter_map(Row::into_event).collect(), cursor })
}

/// True when there are events after the cursor that [`read_after`] holds back.
pub async fn held_back(conn: &mut PgConnection, after: Cursor) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from events where (tx, id) > ($1::text::xid8, $2))")
        .bind(after.tx.to_string())
        .bind(after.id)
        .fetch_one(conn)
        .await
}

/// Up to `limit` events of these drives and files after one cursor, up to and with another: what a client missed.
pub async fn read_between(
    conn: &mut PgConnection,
    after: Cursor,
    until: Cursor,
    drives: &[Uuid],
    files: &[Uuid],
    limit: i64,
) -> Result<Vec<Event>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select (tx::text)::bigint as tx, id, kind, drive_id, file_id, data from events
         where (tx, id) > ($1::text::xid8, $2) and (tx, id) <= ($3::text::xid8, $4)
             and (drive_id = any($5) or file_id = any($6))
         order by tx, id limit $7",
    )
    .bind(after.tx.to_string())
    .bind(after.id)
    .bind(until.tx.to_string())
    .bind(until.id)
    .bind(drives)
    .bind(files)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(Row::into_event).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    tx: i64,
    id: i64,
    kind: String,
    drive_id: Option<Uuid>,
    file_id: Option<Uuid>,
    data: Value,
}

impl Row {
    /// None for a kind that a newer program wrote: whoever listens to this one does not know it either.
    fn into_event(self) -> Option<Event> {
        let kind = serde_json::from_value(Value::String(self.kind)).ok()?;
        Some(Event {
            id: self.id,
            kind,
            drive_id: self.drive_id.map(|id| id.to_string()),
            file_id: self.file_id.map(|id| id.to_string()),
            data: self.data,
        })
    }
}

/// The API's word for the kind, as serde writes it.
fn kind_name(kind: EventKind) -> Result<String, sqlx::Error> {
    match serde_json::to_value(kind) {
        Ok(Value::String(name)) => Ok(name),
        _ => Err(sqlx::Error::Encode("an event kind is a word".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sqlx::PgPool;
    use sqlx::postgres::PgListener;

    /// Other databases of the same server hold the horizon back too; so does every test that runs beside this one.
    async fn read_until(conn: &mut PgConnection, after: Cursor, count: usize) -> Vec<i64> {
        let mut cursor = after;
        let mut ids = vec![];
        while ids.len() < count {
            let batch = read_after(conn, cursor, 2).await.unwrap();
            ids.extend(batch.events.iter().map(|event| event.id));
            cursor = batch.cursor;
            tokio::task::yield_now().await;
        }
        ids
    }

    async fn add(conn: &mut PgConnection) -> i64 {
        insert(conn, EventKind::FileCreated, Some(Uuid::nil()), None, json!({})).await.unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_late_commit_is_not_stepped_over(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let start = end(&mut conn).await.unwrap();
        let mut late = pool.begin().await.unwrap();
        let first = add(&mut late).await;
        let second = add(&mut conn).await;
        assert!(first < second);
        // Committed, and held back all the same.
        assert_eq!(read_after(&mut conn, start, 10).await.unwrap().events, vec![]);
        assert!(held_back(&mut conn, start).await.unwrap());
        late.commit().await.unwrap();
        assert_eq!(read_until(&mut conn, start, 2).await, [first, second]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_client_resumes_where_it_was(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let start = end(&mut conn).await.unwrap();
        let ids = [add(&mut conn).await, add(&mut conn).await, add(&mut conn).await];
        assert_eq!(read_until(&mut conn, start, 3).await, ids);
        let cursor = resume(&mut conn, ids[0]).await.unwrap().unwrap();
        assert_eq!(read_until(&mut conn, cursor, 2).await, ids[1..]);
        let until = resume(&mut conn, ids[1]).await.unwrap().unwrap();
        let missed = read_between(&mut conn, cursor, until, &[Uuid::nil()], &[], 10).await.unwrap();
        assert_eq!(missed.iter().map(|event| event.id).collect::<Vec<_>>(), [ids[1]]);
        assert_eq!(read_between(&mut conn, cursor, until, &[], &[Uuid::nil()], 10).await.unwrap(), vec![]);
        assert_eq!(last_id(&mut conn, until).await.unwrap(), ids[1]);
        assert_eq!(resume(&mut conn, ids[2] + 1).await.unwrap(), None);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn listeners_are_told(pool: PgPool) {
        let mut listener = PgListener::connect_with(&pool).await.unwrap();
        listener.listen_all([model::CHANNEL, PROGRESS_CHANNEL]).await.unwrap();
        notify(&pool).await.unwrap();
        assert_eq!(listener.recv().await.unwrap().channel(), model::CHANNEL);
        let hash: ContentHash = "b".repeat(64).parse().unwrap();
        let progress = Progress { stage: "page".into(), done: 3, total: 9 };
        notify_progress(&pool, &hash, &progress).await.unwrap();
        let note: ProgressNote = serde_json::from_str(listener.recv().await.unwrap().payload()).unwrap();
        assert_eq!(note, ProgressNote { content_hash: hash, progress });
    }
}
