//! Files that are fetched by link: for whom, how far each is, and the file that it became.

use model::wire::LONGEST_IMPORT;
use model::{ImportLink, JobKind};
use queue::{JobId, Limit, NewJob};
use sqlx::PgConnection;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// Named one by one: a statement that asks for all columns breaks in running programs when there is a new one.
macro_rules! with_columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, asked_by, drive_id, url, job_id, received_bytes, length_bytes, file_id, created_at, finished_at ",
            $after
        )
    };
}

/// One row of `imports`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// Who asked for it, whose file it becomes.
    pub asked_by: Uuid,
    /// The drive that the file goes to.
    pub drive_id: Uuid,
    /// Where the file is fetched from.
    pub url: String,
    /// The job that fetches it.
    pub job_id: Option<JobId>,
    /// How many bytes have come, when that was last written down.
    pub received_bytes: u64,
    /// How many there are, where the server says so.
    pub length_bytes: Option<u64>,
    /// The file that it became.
    pub file_id: Option<Uuid>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it became a file.
    pub finished_at: Option<OffsetDateTime>,
}

impl Import {
    /// The job that is to make a file of it; nothing once there is one, whatever has become of the job.
    pub fn open_job(&self) -> Option<JobId> {
        self.job_id.filter(|_| self.file_id.is_none())
    }
}

/// An import that is to be.
#[derive(Debug, Clone, Copy)]
pub struct NewImport<'a> {
    /// Who asks for it, whose turn it takes.
    pub asked_by: Uuid,
    /// The drive that the file goes to.
    pub drive_id: Uuid,
    /// Where the file is, as a web address.
    pub url: &'a str,
    /// What its sender calls it: 1 to 255 characters.
    pub key: Option<&'a str>,
}

/// What became of asking for an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is to be fetched. After the commit wake the queue.
    New(Import),
    /// It was asked for before, by the same key.
    Same(Import),
    /// The key is that of another one.
    Other,
}

/// Imports of one person that are fetched at once: half of what a worker does, so that others' are begun meanwhile.
const SHARE: i32 = 2;
/// What storing a file may take, beside fetching it.
const STORING: Duration = Duration::from_secs(300);

/// Writes down an import and enqueues its job. Whoever asks for imports of the same person does so one after the other, until the
/// transaction ends, so that they can be counted.
pub async fn begin(conn: &mut PgConnection, new: &NewImport<'_>) -> Result<Begun, queue::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('imports of ' || $1, 0))")
        .bind(new.asked_by.to_string())
        .execute(&mut *conn)
        .await?;
    loop {
        let id: Option<Uuid> = sqlx::query_scalar(
            "insert into imports (asked_by, drive_id, url, idempotency_key) values ($1, $2, $3, $4)
             on conflict on constraint imports_idempotency_key do nothing returning id",
        )
        .bind(new.asked_by)
        .bind(new.drive_id)
        .bind(new.url)
        .bind(new.key)
        .fetch_optional(&mut *conn)
        .await?;
        if let Some(id) = id {
            let job = queue::enqueue(conn, &new_job(id, new)).await?;
            let row: Row = sqlx::query_as(with_columns!("update imports set job_id = $2 where id = $1 returning", ""))
                .bind(id)
                .bind(job.id.0)
                .fetch_one(conn)
                .await?;
            return Ok(Begun::New(row.into()));
        }
        let known: Option<Row> =
            sqlx::query_as(with_columns!("select", "from imports where asked_by = $1 and idempotency_key = $2"))
                .bind(new.asked_by)
                .bind(new.key)
                .fetch_optional(&mut *conn)
                .await?;
        // It can be forgotten between the two statements; then the key is free after all.
        let Some(known) = known.map(Import::from) else { continue };
        let is_same = known.drive_id == new.drive_id && known.url == new.url;
        return Ok(if is_same { Begun::Same(known) } else { Begun::Other });
    }
}

fn new_job(id: Uuid, new: &NewImport<'_>) -> NewJob {
    let row = JobKind::ImportLink.row();
    let payload = serde_json::to_value(ImportLink { import_id: id }).expect("a payload is plain data");
    NewJob::new(row.name, payload)
        .priority(row.priority as i16)
        .max_attempts(row.max_attempts)
        .unique(format!("import-link:{id}"))
        .timeout(LONGEST_IMPORT + STORING)
        .limit(Limit::fair_share(format!("import-link:person:{}", new.asked_by), SHARE))
}

/// The import of that id.
pub async fn find(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Import>> {
    let row: Option<Row> =
        sqlx::query_as(with_columns!("select", "from imports where id = $1")).bind(id).fetch_optional(conn).await?;
    Ok(row.map(Import::from))
}

/// A person's newest imports of the last day.
pub async fn list_recent(conn: &mut PgConnection, asked_by: Uuid, limit: i64) -> sqlx::Result<Vec<Import>> {
    let rows: Vec<Row> = sqlx::query_as(with_columns!(
        "select",
        "from imports where asked_by = $1 and created_at > now() - interval '1 day'
         order by created_at desc, id desc limit $2"
    ))
    .bind(asked_by)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Import::from).collect())
}

/// How many imports of a person wait or are under way.
pub async fn count_underway(conn: &mut PgConnection, asked_by: Uuid) -> sqlx::Result<i64> {
    // A job in flight has its key, and no other has.
    sqlx::query_scalar(
        "select count(*) from imports i join queue.keys k on k.key = 'import-link:' || i.id
         where i.asked_by = $1 and i.file_id is null",
    )
    .bind(asked_by)
    .fetch_one(conn)
    .await
}

/// Whether who asked for it may still add files to its drive.
pub async fn is_allowed(conn: &mut PgConnection, import: &Import) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from drive_members m join users u on u.id = m.user_id
                        where m.drive_id = $1 and m.user_id = $2 and m.role in ('editor', 'owner') and u.disabled_at is null)",
    )
    .bind(import.drive_id)
    .bind(import.asked_by)
    .fetch_one(conn)
    .await
}

/// So many bytes have come, of so many if that is known.
pub async fn advance(
    conn: &mut PgConnection,
    id: Uuid,
    received_bytes: u64,
    length_bytes: Option<u64>,
) -> sqlx::Result<()> {
    sqlx::query("update imports set received_bytes = $2, length_bytes = $3 where id = $1 and file_id is null")
        .bind(id)
        .bind(received_bytes as i64)
        .bind(length_bytes.map(|bytes| bytes as i64))
        .execute(conn)
        .await?;
    Ok(())
}

/// An import about to become a file in this transaction, and the file if it has become one already. Waits for another transaction
/// that is about to do the same. Nothing when it is gone.
pub async fn hold(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Option<Uuid>>> {
    sqlx::query_scalar("select file_id from imports where id = $1 for update").bind(id).fetch_optional(conn).await
}

/// It has become that file, of so many bytes.
pub async fn finish(conn: &mut PgConnection, id: Uuid, file_id: Uuid, size_bytes: u64) -> sqlx::Result<()> {
    sqlx::query(
        "update imports set file_id = $2, received_bytes = $3, length_bytes = $3, finished_at = now() where id = $1",
    )
    .bind(id)
    .bind(file_id)
    .bind(size_bytes as i64)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    asked_by: Uuid,
    drive_id: Uuid,
    url: String,
    job_id: Option<i64>,
    received_bytes: i64,
    length_bytes: Option<i64>,
    file_id: Option<Uuid>,
    created_at: OffsetDateTime,
    finished_at: Option<OffsetDateTime>,
}

impl From<Row> for Import {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            asked_by: row.asked_by,
            drive_id: row.drive_id,
            url: row.url,
            job_id: row.job_id.map(JobId),
            // Neither is ever less than nothing: a constraint says so.
            received_bytes: row.received_bytes as u64,
            length_bytes: row.length_bytes.map(|bytes| bytes as u64),
            file_id: row.file_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}
