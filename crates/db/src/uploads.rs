//! Uploads that come in pieces: whose each is, how much of it there is, and the file that it became.

use sqlx::PgConnection;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// Named one by one: a statement that asks for all columns breaks in running programs when there is a new one.
macro_rules! with_columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, editor_id, drive_id, foreign_user, foreign_drive, page_id, name, metadata, is_part, parts, length_bytes, \
             offset_bytes, file_id, created_at, modified_at, progressed_at, expires_at ",
            $after
        )
    };
}

/// Who may go on with an upload: our person who sends it and the drive it goes to, or whoever else has the service token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Our person and our drive.
    pub ours: Option<(Uuid, Uuid)>,
}

/// An upload about to begin.
#[derive(Debug, Clone, Copy)]
pub struct NewUpload<'a> {
    /// Whose it is.
    pub owner: Owner,
    /// Somebody else's person, as its sender names them.
    pub foreign_user: Option<&'a str>,
    /// The drive that somebody else's file goes to.
    pub foreign_drive: Option<&'a str>,
    /// PageSpace's page that it is the file of.
    pub page_id: Option<&'a str>,
    /// The file's name, cleaned.
    pub name: &'a str,
    /// `Upload-Metadata` as it was sent; empty without any.
    pub metadata: &'a str,
    /// It is a part, and no file by itself.
    pub is_part: bool,
    /// The parts that it is made of, as `Upload-Concat` names them.
    pub parts: Option<&'a str>,
    /// When the file was changed last, by its sender's word.
    pub modified_at: Option<OffsetDateTime>,
    /// How many bytes it has; nothing when that is said later.
    pub length_bytes: Option<u64>,
}

/// An upload as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id, and the name of its bytes in the store.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Owner,
    /// Somebody else's person.
    pub foreign_user: Option<String>,
    /// Somebody else's drive.
    pub foreign_drive: Option<String>,
    /// PageSpace's page.
    pub page_id: Option<String>,
    /// The file's name.
    pub name: String,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    /// It is a part, and no file by itself.
    pub is_part: bool,
    /// The parts that it is made of.
    pub parts: Option<String>,
    /// How many bytes it has, once that is known.
    pub length_bytes: Option<u64>,
    /// How many of them are on the disk for certain.
    pub offset_bytes: u64,
    /// The file that it became.
    pub file_id: Option<Uuid>,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When its file was changed last, by its sender's word.
    pub modified_at: Option<OffsetDateTime>,
    /// When bytes of it last came, or it began.
    pub progressed_at: OffsetDateTime,
    /// Until when it can be gone on with, or asked for.
    pub expires_at: OffsetDateTime,
}

impl Upload {
    /// Its time is over.
    pub fn is_expired(&self) -> bool {
        self.expires_at <= OffsetDateTime::now_utc()
    }

    /// All of its bytes are there.
    pub fn is_whole(&self) -> bool {
        self.length_bytes == Some(self.offset_bytes)
    }
}

/// What somebody has begun and not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// How many uploads.
    pub count: u64,
    /// How many bytes of them are still to come, as far as they were announced.
    pub announced_bytes: u64,
}

/// Whoever begins uploads of the same person, or of the same parts, does so one after the other, until the transaction ends.
pub async fn take_turn(conn: &mut PgConnection, whose: &str) -> sqlx::Result<()> {
    let lock = sqlx::query("select pg_advisory_xact_lock(hashtextextended('uploads of ' || $1, 0))");
    lock.bind(whose).execute(conn).await?;
    Ok(())
}

/// Begins an upload, which can be gone on with for so long.
pub async fn insert(conn: &mut PgConnection, new: &NewUpload<'_>, expiry: Duration) -> sqlx::Result<Upload> {
    let (editor, drive) = new.owner.ours.unzip();
    let row: Row = sqlx::query_as(with_columns!(
        "insert into uploads (editor_id, drive_id, foreign_user, foreign_drive, page_id, name, metadata, is_part, parts, length_bytes,
             modified_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(secs => $12)) returning",
        ""
    ))
    .bind(editor)
    .bind(drive)
    .bind(new.foreign_user)
    .bind(new.foreign_drive)
    .bind(new.page_id)
    .bind(new.name)
    .bind(new.metadata)
    .bind(new.is_part)
    .bind(new.parts)
    .bind(new.length_bytes.map(|bytes| bytes as i64))
    .bind(new.modified_at)
    .bind(expiry.as_secs_f64())
    .fetch_one(conn)
    .await?;
    Ok(row.into())
}

/// An upload of that owner's.
pub async fn find(conn: &mut PgConnection, id: Uuid, owner: Owner) -> sqlx::Result<Option<Upload>> {
    let (editor, drive) = owner.ours.unzip();
    let row: Option<Row> = sqlx::query_as(with_columns!(
        "select",
        "from uploads where id = $1 and editor_id is not distinct from $2 and drive_id is not distinct from $3"
    ))
    .bind(id)
    .bind(editor)
    .bind(drive)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Upload::from))
}

/// The upload that is made of exactly these parts, if that owner has begun one.
pub async fn find_of_parts(conn: &mut PgConnection, owner: Owner, parts: &str) -> sqlx::Result<Option<Upload>> {
    let (editor, drive) = owner.ours.unzip();
    let row: Option<Row> = sqlx::query_as(with_columns!(
        "select",
        "from uploads where parts = $3 and editor_id is not distinct from $1 and drive_id is not distinct from $2
             and expires_at > now() limit 1"
    ))
    .bind(editor)
    .bind(drive)
    .bind(parts)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Upload::from))
}

/// Up to `limit` unfinished uploads of a person of ours, the newest first, after that one. Parts are not files and not in it.
pub async fn list_unfinished(
    conn: &mut PgConnection,
    editor: Uuid,
    after: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Upload>> {
    let (at, id) = after.unzip();
    let rows: Vec<Row> = sqlx::query_as(with_columns!(
        "select",
        "from uploads where editor_id = $1 and file_id is null and not is_part and expires_at > now()
             and ($2::timestamptz is null or (created_at, id) < ($2, $3)) order by created_at desc, id desc limit $4"
    ))
    .bind(editor)
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Upload::from).collect())
}

/// An unfinished upload of a person of ours, whichever drive it goes to.
pub async fn find_unfinished(conn: &mut PgConnection, editor: Uuid, id: Uuid) -> sqlx::Result<Option<Upload>> {
    let row: Option<Row> = sqlx::query_as(with_columns!(
        "select",
        "from uploads where id = $1 and editor_id = $2 and file_id is null and expires_at > now()"
    ))
    .bind(id)
    .bind(editor)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Upload::from))
}

/// What a person has begun and not ended: one of ours, or somebody else's.
pub async fn unfinished(
    conn: &mut PgConnection,
    editor: Option<Uuid>,
    foreign_user: Option<&str>,
) -> sqlx::Result<Unfinished> {
    let row: (i64, i64) = sqlx::query_as(
        "select count(*), coalesce(sum(coalesce(length_bytes, offset_bytes) - offset_bytes), 0)::bigint from uploads
         where (editor_id = $1 or foreign_user = $2) and file_id is null and expires_at > now()",
    )
    .bind(editor)
    .bind(foreign_user)
    .fetch_one(conn)
    .await?;
    Ok(Unfinished { count: row.0 as u64, announced_bytes: row.1 as u64 })
}

/// The bytes that everybody has announced and not sent yet.
pub async fn announced_bytes(conn: &mut PgConnection) -> sqlx::Result<u64> {
    let bytes: i64 = sqlx::query_scalar(
        "select coalesce(sum(length_bytes - offset_bytes), 0)::bigint from uploads
         where length_bytes is not null and file_id is null and expires_at > now()",
    )
    .fetch_one(conn)
    .await?;
    Ok(bytes as u64)
}

/// Says how long an upload is that was begun without. False when it is known or too late.
pub async fn set_length(conn: &mut PgConnection, id: Uuid, length_bytes: u64) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update uploads set length_bytes = $2 where id = $1 and length_bytes is null and offset_bytes <= $2 and file_id is null",
    )
    .bind(id)
    .bind(length_bytes as i64)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// So many bytes are on the disk now, and there is so much time for more. False when the upload is gone or was finished.
pub async fn advance(conn: &mut PgConnection, id: Uuid, offset_bytes: u64, expiry: Duration) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update uploads set offset_bytes = $2, progressed_at = now(), expires_at = now() + make_interval(secs => $3)
         where id = $1 and file_id is null and offset_bytes <= $2",
    )
    .bind(id)
    .bind(offset_bytes as i64)
    .bind(expiry.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An upload about to become a file in this transaction, and the file if it has become one already. Waits for another transaction
/// that is about to do the same. Nothing when it is gone.
pub async fn hold(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Option<Uuid>>> {
    sqlx::query_scalar("select file_id from uploads where id = $1 for update").bind(id).fetch_optional(conn).await
}

/// It has become that file, and says so for a day. What it was made of is forgotten.
pub async fn finish(conn: &mut PgConnection, id: Uuid, file_id: Uuid, parts: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query(
        "update uploads set file_id = $2, offset_bytes = length_bytes, expires_at = now() + interval '1 day' where id = $1",
    )
    .bind(id)
    .bind(file_id)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from uploads where id = any($1) and is_part").bind(parts).execute(conn).await?;
    Ok(())
}

/// Its bytes are gone, so that it cannot be gone on with.
pub async fn give_up(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query("update uploads set expires_at = now() where id = $1 and file_id is null")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets an upload. The file that it became stays.
pub async fn delete(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query("delete from uploads where id = $1").bind(id).execute(conn).await?;
    Ok(())
}

/// What is known of these uploads, and whether their bytes are still wanted; nothing of those that are unknown.
pub async fn are_wanted(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, bool)>> {
    sqlx::query_as("select id, file_id is null and expires_at > now() from uploads where id = any($1)")
        .bind(ids)
        .fetch_all(conn)
        .await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    editor_id: Option<Uuid>,
    drive_id: Option<Uuid>,
    foreign_user: Option<String>,
    foreign_drive: Option<String>,
    page_id: Option<String>,
    name: String,
    metadata: String,
    is_part: bool,
    parts: Option<String>,
    length_bytes: Option<i64>,
    offset_bytes: i64,
    file_id: Option<Uuid>,
    created_at: OffsetDateTime,
    modified_at: Option<OffsetDateTime>,
    progressed_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl From<Row> for Upload {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            owner: Owner { ours: row.editor_id.zip(row.drive_id) },
            foreign_user: row.foreign_user,
            foreign_drive: row.foreign_drive,
            page_id: row.page_id,
            name: row.name,
            metadata: row.metadata,
            is_part: row.is_part,
            parts: row.parts,
            // Neither is ever less than nothing: a constraint says so.
            length_bytes: row.length_bytes.map(|bytes| bytes as u64),
            offset_bytes: row.offset_bytes as u64,
            file_id: row.file_id,
            created_at: row.created_at,
            modified_at: row.modified_at,
            progressed_at: row.progressed_at,
            expires_at: row.expires_at,
        }
    }
}
