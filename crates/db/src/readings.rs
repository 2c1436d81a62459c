//! Readings: files that somebody wants read again, and how far that is. A reading has a list of contents, which one job works through.

use crate::contents::{parse_hash, reader_versions};
use model::{ContentHash, JobKind, ReadAgain, ReadOcr, ReadWhat, UNKNOWN_FORMAT};
use queue::{JobId, Limit, NewJob};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// One row of `readings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its id.
    pub id: Uuid,
    /// Who asked for it, unless they are gone.
    pub asked_by: Option<Uuid>,
    /// The drive it is about; none when it is about all.
    pub drive_id: Option<Uuid>,
    /// Which files.
    pub what: ReadWhat,
    /// What becomes of pictures of pages.
    pub ocr: ReadOcr,
    /// How many contents were to be read.
    pub total: u64,
    /// How many of them have been, recognition included.
    pub done: u64,
    /// Of how many of those nothing could be made.
    pub failed: u64,
    /// The job that works through the list.
    pub job_id: Option<JobId>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it was over.
    pub finished_at: Option<OffsetDateTime>,
    /// Somebody has ended it.
    pub is_cancelled: bool,
}

impl Reading {
    /// The job that works through it; nothing once it is over.
    pub fn open_job(&self) -> Option<JobId> {
        self.job_id.filter(|_| self.finished_at.is_none())
    }
}

/// A reading that is to be.
#[derive(Debug, Clone, Copy)]
pub struct NewReading<'a> {
    /// Who asks for it, whose turn it takes.
    pub asked_by: Uuid,
    /// In this drive alone.
    pub drive_id: Option<Uuid>,
    /// Of these files alone; else of all that are not in the trash.
    pub files: Option<&'a [Uuid]>,
    /// Which of them.
    pub what: ReadWhat,
    /// What becomes of pictures of pages.
    pub ocr: ReadOcr,
}

/// A content on the list of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The content.
    pub hash: ContentHash,
    /// How often it was begun, this time included.
    pub attempts: i16,
}

/// How a content leaves the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It has been read, or need not be any more.
    Done,
    /// Nothing could be made of it.
    Failed,
}

/// Files that one request may name have their own line: whoever asks for them waits for them.
const FILES_SHARE: i32 = 4;

const COLUMNS: &str =
    "id, asked_by, drive_id, what, ocr, total, done, failed, job_id, created_at, finished_at, is_cancelled";

/// Puts the contents of the files on a list and enqueues the job that works through it. A content that is being read, or is on a list
/// already, is left out; none when nothing is left. After the commit wake the queue.
pub async fn begin(conn: &mut PgConnection, new: &NewReading<'_>) -> Result<Option<Reading>, queue::Error> {
    let id: Uuid =
        sqlx::query_scalar("insert into readings (asked_by, drive_id, what, ocr) values ($1, $2, $3, $4) returning id")
            .bind(new.asked_by)
            .bind(new.drive_id)
            .bind(new.what.as_str())
            .bind(new.ocr.as_str())
            .fetch_one(&mut *conn)
            .await?;
    let total = list_contents(conn, id, new).await?;
    if total == 0 {
        sqlx::query("update readings set finished_at = now() where id = $1").bind(id).execute(&mut *conn).await?;
        return Ok(None);
    }
    let job = queue::enqueue(conn, &new_job(id, new)).await?;
    let row: Row = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "update readings set total = $2, job_id = $3 where id = $1 returning {COLUMNS}"
    )))
    .bind(id)
    .bind(i32::try_from(total).unwrap_or(i32::MAX))
    .bind(job.id.0)
    .fetch_one(conn)
    .await?;
    Ok(Some(row.into_reading()?))
}

/// The statement that lists the contents of the files of which this holds. `$2` is the drive and `$3` the files.
macro_rules! list_contents {
    ($files:literal) => {
        concat!(
            "insert into reading_contents (content_hash, reading_id)
             select c.hash, $1 from contents c
             where c.hash in (select f.content_hash from files f where ($2::uuid is null or f.drive_id = $2) and ",
            $files,
            ") and c.status in ('completed', 'visual', 'failed')
               and case $4::text
                   when 'all' then true
                   when 'failed' then c.status = 'failed'
                   when 'without_text' then c.status = 'visual'
                        or (c.facts -> 'ocr' is null and coalesce(jsonb_array_length(c.facts -> 'pagesWithoutText'), 0) > 0)
                   when 'older_reader' then exists (select from unnest($5::text[], $6::int[]) v (format, version)
                        where v.format = coalesce(c.format, $7) and c.reader_version < v.version)
                   end
             order by c.created_at desc, c.hash
             on conflict do nothing"
        )
    };
}

async fn list_contents(conn: &mut PgConnection, id: Uuid, new: &NewReading<'_>) -> Result<u64, sqlx::Error> {
    // They are two, because Postgres finds a few files by their ids only when it is sure to be given some.
    let statement = match new.files {
        Some(_) => list_contents!("f.id = any($3::uuid[])"),
        None => list_contents!("f.trashed_at is null and $3::uuid[] is null"),
    };
    let (formats, versions) = reader_versions();
    let listed = sqlx::query(statement)
        .bind(id)
        .bind(new.drive_id)
        .bind(new.files)
        .bind(new.what.as_str())
        .bind(formats)
        .bind(versions)
        .bind(UNKNOWN_FORMAT)
        .execute(conn)
        .await?;
    Ok(listed.rows_affected())
}

/// Few files are somebody's wish of the moment; many wait behind all else. Either takes turns by person.
fn new_job(id: Uuid, new: &NewReading<'_>) -> NewJob {
    let row = JobKind::ReadAgain.row();
    let payload = serde_json::to_value(ReadAgain { reading_id: id }).expect("a payload is plain data");
    let job = NewJob::new(row.name, payload).max_attempts(row.max_attempts).unique(format!("read-again:{id}"));
    let person = new.asked_by;
    match new.files {
        Some([_]) => job.limit(Limit::fair_share(format!("read-again:file:person:{person}"), FILES_SHARE)),
        _ => job.priority(row.priority as i16).limit(Limit::fair_share(format!("read-again:person:{person}"), 1)),
    }
}

/// The reading of that id.
pub async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Reading>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("select {COLUMNS} from readings where id = $1")))
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.map(Row::into_reading).transpose()
}

/// The newest readings that are not over, or were not an hour ago; a person's own, or everybody's.
pub async fn list_recent(
    conn: &mut PgConnection,
    asked_by: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Reading>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from readings
         where total > 0 and ($1::uuid is null or asked_by = $1)
           and (finished_at is null or finished_at > now() - interval '1 hour')
         order by created_at desc, id desc limit $2"
    )))
    .bind(asked_by)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_reading).collect()
}

/// How many readings of a person are not over.
pub async fn count_underway(conn: &mut PgConnection, asked_by: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from readings where asked_by = $1 and finished_at is null")
        .bind(asked_by)
        .fetch_one(conn)
        .await
}

/// Ends a reading. What was not read yet stays as it is. False when it was over; the caller cancels its job, too.
pub async fn cancel(conn: &mut PgConnection, id: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update readings set finished_at = now(), is_cancelled = true where id = $1 and finished_at is null",
    )
    .bind(id)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from reading_contents where reading_id = $1").bind(id).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Files, not in the trash, that an older version of their reader has read.
pub async fn count_older(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let (formats, versions) = reader_versions();
    // The word is UNKNOWN_FORMAT, written out: so Postgres finds the index.
    sqlx::query_scalar(
        "select count(*) from unnest($1::text[], $2::int[]) v (format, version)
         join contents c on coalesce(c.format, 'unknown') = v.format and c.reader_version < v.version
              and c.status in ('completed', 'visual', 'failed')
         join files f on f.content_hash = c.hash and f.trashed_at is null",
    )
    .bind(formats)
    .bind(versions)
    .fetch_one(conn)
    .await
}

/// The next content of a list, which counts as begun once more; none when all have been read.
pub async fn next(conn: &mut PgConnection, id: Uuid) -> Result<Option<Listed>, sqlx::Error> {
    let next: Option<(String, i16)> = sqlx::query_as(
        "update reading_contents set attempts = attempts + 1
         where content_hash = (select content_hash from reading_contents where reading_id = $1 and not is_recognising
                               order by place limit 1)
         returning content_hash, attempts",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    next.map(|(hash, attempts)| Ok(Listed { hash: parse_hash(hash)?, attempts })).transpose()
}

/// What was begun was not the content's turn after all: the machine had a fault, or the program stops.
pub async fn give_back(conn: &mut PgConnection, hash: &ContentHash) -> Result<(), sqlx::Error> {
    sqlx::query("update reading_contents set attempts = greatest(attempts - 1, 0) where content_hash = $1")
        .bind(hash.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// A content has been read, and its text is being recognised.
pub async fn mark_recognising(conn: &mut PgConnection, id: Uuid, hash: &ContentHash) -> Result<(), sqlx::Error> {
    sqlx::query("update reading_contents set is_recognising = true where content_hash = $2 and reading_id = $1")
        .bind(id)
        .bind(hash.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// The contents of a list whose text is being recognised.
pub async fn recognising(conn: &mut PgConnection, id: Uuid) -> Result<Vec<ContentHash>, sqlx::Error> {
    let hashes: Vec<String> = sqlx::query_scalar(
        "select content_hash from reading_contents where reading_id = $1 and is_recognising order by place",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    hashes.into_iter().map(parse_hash).collect()
}

/// Takes a content from its list and counts it.
pub async fn leave(conn: &mut PgConnection, id: Uuid, hash: &ContentHash, left: Left) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with gone as (delete from reading_contents where content_hash = $2 and reading_id = $1 returning 1)
         update readings set done = done + 1, failed = failed + $3::int where id = $1 and exists (select from gone)",
    )
    .bind(id)
    .bind(hash.as_str())
    .bind(i32::from(left == Left::Failed))
    .execute(conn)
    .await?;
    Ok(())
}

/// The list is empty. Contents that were deleted meanwhile were never read, and are not waited for.
pub async fn finish(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("update readings set finished_at = now(), total = done where id = $1 and finished_at is null")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    asked_by: Option<Uuid>,
    drive_id: Option<Uuid>,
    what: String,
    ocr: String,
    total: i32,
    done: i32,
    failed: i32,
    job_id: Option<i64>,
    created_at: OffsetDateTime,
    finished_at: Option<OffsetDateTime>,
    is_cancelled: bool,
}

impl Row {
    fn into_reading(self) -> Result<Reading, sqlx::Error> {
        let unknown = |word: &str| sqlx::Error::Decode(format!("{word:?} is no word of a reading").into());
        let what = ReadWhat::ALL.into_iter().find(|what| what.as_str() == self.what);
        let ocr = ReadOcr::ALL.into_iter().find(|ocr| ocr.as_str() == self.ocr);
        Ok(Reading {
            id: self.id,
            asked_by: self.asked_by,
            drive_id: self.drive_id,
            what: what.ok_or_else(|| unknown(&self.what))?,
            ocr: ocr.ok_or_else(|| unknown(&self.ocr))?,
            total: self.total as u64,
            done: self.done as u64,
            failed: self.failed as u64,
            job_id: self.job_id.map(JobId),
            created_at: self.created_at,
            finished_at: self.finished_at,
            is_cancelled: self.is_cancelled,
        })
    }
}
