//! The same done to many files: in one transaction, with an entry in the audit log for each, and one event for each drive.

use crate::audit::{self, NewEntry};
use crate::drives::{Role, parse_role};
use crate::events;
use crate::library::{Filter, bind_filtered, filtered};
use model::EventKind;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// So many files are named in an event; of more it says how many.
pub const MOST_NAMED: usize = 100;

/// A file that something is to be done to. It is locked until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Its id.
    pub id: Uuid,
    /// The drive it is in.
    pub drive_id: Uuid,
    /// It is in the trash.
    pub is_trashed: bool,
}

/// Of these files those that the person can see, each with the person's role in its drive.
pub async fn choose(conn: &mut PgConnection, user_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Chosen, Role)>, sqlx::Error> {
    // In one order, so that two who choose the same files wait for each other instead of failing.
    let rows: Vec<(Uuid, Uuid, bool, String)> = sqlx::query_as(
        "select f.id, f.drive_id, f.trashed_at is not null, m.role
         from files f join drive_members m on m.drive_id = f.drive_id and m.user_id = $1
         where f.id = any($2) order by f.id for update of f",
    )
    .bind(user_id)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let chosen = |(id, drive_id, is_trashed, role): (Uuid, Uuid, bool, String)| {
        Ok((Chosen { id, drive_id, is_trashed }, parse_role(&role)?))
    };
    rows.into_iter().map(chosen).collect()
}

/// All files of a drive that the filter lets through. Whether the caller may is the caller's business.
pub async fn choose_all(
    conn: &mut PgConnection,
    drive_id: Uuid,
    filter: &Filter<'_>,
) -> Result<Vec<Chosen>, sqlx::Error> {
    let files = sqlx::query_scalar(concat!("select f.id ", filtered!(), "order by f.id for update of f"));
    let ids: Vec<Uuid> = bind_filtered!(files, drive_id, filter).fetch_all(conn).await?;
    Ok(ids.into_iter().map(|id| Chosen { id, drive_id, is_trashed: filter.trashed }).collect())
}

/// Files of drives that went into the trash before `before`, the first of them, and nobody else's to change just now.
pub(crate) async fn in_trash_before(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Chosen>, sqlx::Error> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select id, drive_id from files where trashed_at < $1 and drive_id is not null
         order by trashed_at, id limit $2 for update skip locked",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, drive_id)| Chosen { id, drive_id, is_trashed: true }).collect())
}

/// Puts files into the trash or takes them out of it.
pub async fn set_trashed(
    conn: &mut PgConnection,
    files: &[Chosen],
    trashed: bool,
    entry: &NewEntry,
) -> Result<u64, sqlx::Error> {
    let files: Vec<Chosen> = files.iter().copied().filter(|file| file.is_trashed != trashed).collect();
    let ids = ids_of(&files);
    audit::insert_for_files(conn, entry, &ids).await?;
    sqlx::query("update files set trashed_at = case when $2 then now() end, updated_at = now() where id = any($1)")
        .bind(&ids)
        .bind(trashed)
        .execute(&mut *conn)
        .await?;
    tell(conn, EventKind::FileUpdated, &files).await
}

/// Moves files to another drive.
pub async fn move_to(
    conn: &mut PgConnection,
    files: &[Chosen],
    drive_id: Uuid,
    entry: &NewEntry,
) -> Result<u64, sqlx::Error> {
    let files: Vec<Chosen> = files.iter().copied().filter(|file| file.drive_id != drive_id).collect();
    let ids = ids_of(&files);
    audit::insert_for_files(conn, entry, &ids).await?;
    sqlx::query("update files set drive_id = $2, updated_at = now() where id = any($1)")
        .bind(&ids)
        .bind(drive_id)
        .execute(&mut *conn)
        .await?;
    let moved: Vec<Chosen> = files.iter().map(|file| Chosen { drive_id, ..*file }).collect();
    tell(conn, EventKind::FileUpdated, &moved).await?;
    // To the drives they left they are gone.
    tell(conn, EventKind::FileDeleted, &files).await
}

/// Deletes files. Their contents stay until retention finds that nobody points at them.
pub async fn delete(conn: &mut PgConnection, files: &[Chosen], entry: &NewEntry) -> Result<u64, sqlx::Error> {
    let ids = ids_of(files);
    audit::insert_for_files(conn, entry, &ids).await?;
    sqlx::query("delete from files where id = any($1)").bind(&ids).execute(&mut *conn).await?;
    tell(conn, EventKind::FileDeleted, files).await
}

fn ids_of(files: &[Chosen]) -> Vec<Uuid> {
    files.iter().map(|file| file.id).collect()
}

/// Writes an event of this kind for each drive that one of the files is in, and says how many files that were.
async fn tell(conn: &mut PgConnection, kind: EventKind, files: &[Chosen]) -> Result<u64, sqlx::Error> {
    let mut by_drive: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for file in files {
        by_drive.entry(file.drive_id).or_default().push(file.id);
    }
    for (drive_id, ids) in by_drive {
        let data = match ids.len() {
            1 => json!({}),
            2..=MOST_NAMED => json!({"files": ids.len(), "fileIds": ids}),
            _ => json!({"files": ids.len()}),
        };
        let only = if let [id] = ids[..] { Some(id) } else { None };
        events::insert(conn, kind, Some(drive_id), only, data).await?;
    }
    Ok(files.len() as u64)
}
