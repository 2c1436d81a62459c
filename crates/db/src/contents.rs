//! Contents: unique bytes and where they stand.

use crate::events;
use model::{
    ContentHash, ContentStatus, Facts, Outcome, READER_VERSIONS, Report, UNKNOWN_FORMAT, Warning, reader_version,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;

/// One row of `contents`.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The SHA-256 of its bytes.
    pub hash: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Media type: sniffed at first, the engine's once it has looked.
    pub mime: String,
    /// The format's short name, once identified.
    pub format: Option<String>,
    /// Extension of the first file that brought these bytes, or of a later one after they were refused under that; lower case,
    /// without the dot.
    pub extension: Option<String>,
    /// Where it stands.
    pub status: ContentStatus,
    /// How the last run ended; absent before the first.
    pub outcome: Option<Outcome>,
    /// What was learned of it.
    pub facts: Facts,
    /// What a reader of its artifacts should know.
    pub warnings: Vec<Warning>,
    /// When the bytes first came.
    pub created_at: OffsetDateTime,
    /// When the last run began.
    pub started_at: Option<OffsetDateTime>,
    /// When the last run ended.
    pub processed_at: Option<OffsetDateTime>,
    /// The version of the reader of the last run; see [`model::reader_version`].
    pub reader_version: i32,
}

/// What [`upsert_pending`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inserted {
    /// False when the bytes were known.
    pub is_new: bool,
    /// Where the content stands now: a known one keeps its status, as its files follow it.
    pub status: ContentStatus,
}

/// Makes sure the content has a row and says where it stands, which holds until the transaction ends. Waits for another transaction
/// that inserts the same one, or that is just finishing it: a job added to what was unfinished a moment ago would read it twice.
pub async fn upsert_pending(
    conn: &mut PgConnection,
    hash: &ContentHash,
    size_bytes: u64,
    mime: &str,
    extension: Option<&str>,
) -> Result<Inserted, sqlx::Error> {
    // A content can be swept away between the two statements; then it is inserted after all.
    loop {
        let inserted = sqlx::query(
            "insert into contents (hash, size_bytes, mime, extension) values ($1, $2, $3, $4) on conflict (hash) do nothing",
        )
        .bind(hash.as_str())
        .bind(size_bytes as i64)
        .bind(mime)
        .bind(extension)
        .execute(&mut *conn)
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Inserted { is_new: true, status: ContentStatus::Pending });
        }
        let known: Option<String> = sqlx::query_scalar("select status from contents where hash = $1 for no key update")
            .bind(hash.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(status) = known {
            return Ok(Inserted { is_new: false, status: parse_status(&status)? });
        }
    }
}

/// The content of that hash.
pub async fn find(conn: &mut PgConnection, hash: &ContentHash) -> Result<Option<Content>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "select hash, size_bytes, mime, format, extension, status, outcome, facts, warnings, created_at, started_at, processed_at,
             reader_version
         from contents where hash = $1",
    )
    .bind(hash.as_str())
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_content).transpose()
}

/// The same, and nobody else changes it before the transaction ends.
pub async fn lock(conn: &mut PgConnection, hash: &ContentHash) -> Result<Option<Content>, sqlx::Error> {
    sqlx::query("select from contents where hash = $1 for no key update")
        .bind(hash.as_str())
        .execute(&mut *conn)
        .await?;
    find(conn, hash).await
}

/// A run has begun. False when there is no such content.
pub async fn mark_processing(conn: &mut PgConnection, hash: &ContentHash) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("update contents set status = 'processing', started_at = now() where hash = $1")
        .bind(hash.as_str())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A run has ended: everything the report says of the content is kept, with the version of its reader, and its status follows from it.
pub async fn finish(
    conn: &mut PgConnection,
    hash: &ContentHash,
    report: &Report,
) -> Result<ContentStatus, sqlx::Error> {
    let status = report.status();
    let (formats, versions) = reader_versions();
    sqlx::query(
        "update contents set status = $2, outcome = $3, facts = $4, warnings = $5, mime = coalesce($6, mime),
             format = coalesce($7, format), processed_at = now(), reader_version = coalesce(
                 (select v.version from unnest($8::text[], $9::int[]) v (format, version)
                  where v.format = coalesce($7, contents.format, $10)), 1)
         where hash = $1",
    )
    .bind(hash.as_str())
    .bind(status.as_str())
    .bind(Json(&report.outcome))
    .bind(Json(&report.facts))
    .bind(Json(&report.warnings))
    .bind(report.mime.as_deref())
    .bind(report.format.as_deref())
    .bind(formats)
    .bind(versions)
    .bind(UNKNOWN_FORMAT)
    .execute(conn)
    .await?;
    Ok(status)
}

/// The formats whose readers have become better and their versions, as a statement takes them: in two lists.
pub(crate) fn reader_versions() -> (Vec<&'static str>, Vec<i32>) {
    READER_VERSIONS.iter().copied().unzip()
}

/// Whether the content `c` is of the kind that a parameter says, if it says any: `image`, `text`, `document`, `other`, or a format's
/// short name.
macro_rules! of_kind {
    ($kind:literal) => {
        concat!(
            "(",
            $kind,
            "::text is null or c.format = ",
            $kind,
            " or ",
            $kind,
            " = case
                 when c.mime like 'image/%' then 'image' when c.mime like 'text/%' then 'text'
                 when c.format is not null then 'document' else 'other' end)"
        )
    };
}
pub(crate) use of_kind;

/// A newer reader has looked at the content, and what an earlier one made of it stays.
pub async fn keep_as_read(conn: &mut PgConnection, content: &Content) -> Result<(), sqlx::Error> {
    sqlx::query("update contents set reader_version = $2 where hash = $1")
        .bind(content.hash.as_str())
        .bind(reader_version(content.format.as_deref()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets the status alone: for a later run that adds to what the first one found (text by OCR, text again).
pub async fn set_status(
    conn: &mut PgConnection,
    hash: &ContentHash,
    status: ContentStatus,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("update contents set status = $2, processed_at = now() where hash = $1")
        .bind(hash.as_str())
        .bind(status.as_str())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Text recognition has ended: what the report says is added to the content as it was when its pages were read. False, and
/// nothing is written, when it has been read anew since, or is gone.
pub async fn add_recognised(
    conn: &mut PgConnection,
    content: &Content,
    status: ContentStatus,
    report: &Report,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update contents set status = $2, outcome = $3, facts = $4, warnings = $5, processed_at = now()
         where hash = $1 and processed_at is not distinct from $6 and status = $7",
    )
    .bind(content.hash.as_str())
    .bind(status.as_str())
    .bind(Json(&report.outcome))
    .bind(Json(&report.facts))
    .bind(Json(&report.warnings))
    .bind(content.processed_at)
    .bind(content.status.as_str())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a content back to pending for another run, whatever became of the last, and says so to everybody who looks at one of
/// its files: a `file.status` event for each. The caller enqueues the job in the same transaction, and tells of the events
/// after its commit. False when there is no such content.
pub async fn requeue(conn: &mut PgConnection, hash: &ContentHash) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("update contents set status = 'pending' where hash = $1")
        .bind(hash.as_str())
        .execute(&mut *conn)
        .await?;
    events::insert_status(conn, &[hash.as_str()], ContentStatus::Pending).await?;
    Ok(done.rows_affected() == 1)
}

/// Puts those of the contents that have failed back to pending, like [`requeue`]; the others are left as they are. Says how many.
pub async fn requeue_failed(conn: &mut PgConnection, hashes: &[ContentHash]) -> Result<u64, sqlx::Error> {
    let hashes: Vec<&str> = hashes.iter().map(ContentHash::as_str).collect();
    let requeued: Vec<String> = sqlx::query_scalar(
        "update contents set status = 'pending' where hash = any($1) and status = 'failed' returning hash",
    )
    .bind(hashes)
    .fetch_all(&mut *conn)
    .await?;
    let requeued: Vec<&str> = requeued.iter().map(String::as_str).collect();
    events::insert_status(conn, &requeued, ContentStatus::Pending).await?;
    Ok(requeued.len() as u64)
}

/// The next run takes the content for what a file with that extension is.
pub async fn set_extension(
    conn: &mut PgConnection,
    hash: &ContentHash,
    extension: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("update contents set extension = $2 where hash = $1")
        .bind(hash.as_str())
        .bind(extension)
        .execute(conn)
        .await?;
    Ok(())
}

/// Contents no file points at that came before `before`: what retention may delete.
pub async fn unreferenced(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<ContentHash>, sqlx::Error> {
    let statement = "select hash from contents c
         where created_at < $1 and not exists (select from files f where f.content_hash = c.hash)
         order by created_at limit $2";
    hashes_before(conn, statement, before, limit).await
}

/// Deletes the content and its artifacts' rows, unless a file points at it by now. True when it is gone; only then may
/// its bytes be removed.
pub async fn delete_unreferenced(conn: &mut PgConnection, hash: &ContentHash) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "delete from contents c where hash = $1 and not exists (select from files f where f.content_hash = c.hash)",
    )
    .bind(hash.as_str())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What [`release_foreign`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// Files removed.
    pub files: u64,
    /// Nothing pointed at the content any more, so it went with its artifacts' rows.
    pub is_gone: bool,
    /// There were artifacts of it.
    pub had_artifacts: bool,
}

/// Removes the files of a content that are in no drive of ours, and the content itself when no other file points at it. None when
/// there is no such content. To be called in a transaction.
pub async fn release_foreign(conn: &mut PgConnection, hash: &ContentHash) -> Result<Option<Released>, sqlx::Error> {
    // Against an upload of the same bytes at this moment: it waits, and then finds the content gone or still there.
    let had_artifacts: Option<bool> = sqlx::query_scalar(
        "select exists (select from artifacts a where a.content_hash = c.hash) from contents c where hash = $1 for update",
    )
    .bind(hash.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(had_artifacts) = had_artifacts else { return Ok(None) };
    let files = sqlx::query("delete from files where content_hash = $1 and drive_id is null")
        .bind(hash.as_str())
        .execute(&mut *conn)
        .await?
        .rows_affected();
    let is_gone = delete_unreferenced(conn, hash).await?;
    Ok(Some(Released { files, is_gone, had_artifacts }))
}

/// Contents that have been pending or processing since before `before`, the oldest first.
pub async fn unfinished(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<ContentHash>, sqlx::Error> {
    let statement = "select hash from contents
         where status in ('pending', 'processing') and coalesce(started_at, created_at) < $1
         order by created_at limit $2";
    hashes_before(conn, statement, before, limit).await
}

/// Whether there is any content at all.
pub async fn any(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from contents)").fetch_one(conn).await
}

/// Which of these hashes have no row: the orphans among stored blobs.
pub async fn unknown(conn: &mut PgConnection, hashes: &[ContentHash]) -> Result<Vec<ContentHash>, sqlx::Error> {
    let texts: Vec<&str> = hashes.iter().map(ContentHash::as_str).collect();
    let unknown: Vec<String> = sqlx::query_scalar(
        "select h from unnest($1::text[]) h where not exists (select from contents c where c.hash = h)",
    )
    .bind(texts)
    .fetch_all(conn)
    .await?;
    unknown.into_iter().map(parse_hash).collect()
}

async fn hashes_before(
    conn: &mut PgConnection,
    statement: &'static str,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<ContentHash>, sqlx::Error> {
    let hashes: Vec<String> = sqlx::query_scalar(statement).bind(before).bind(limit).fetch_all(conn).await?;
    hashes.into_iter().map(parse_hash).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    hash: String,
    size_bytes: i64,
    mime: String,
    format: Option<String>,
    extension: Option<String>,
    status: String,
    outcome: Option<Json<Outcome>>,
    facts: Json<Facts>,
    warnings: Json<Vec<Warning>>,
    created_at: OffsetDateTime,
    started_at: Option<OffsetDateTime>,
    processed_at: Option<OffsetDateTime>,
    reader_version: i32,
}

impl Row {
    fn into_content(self) -> Result<Content, sqlx::Error> {
        Ok(Content {
            hash: parse_hash(self.hash)?,
            size_bytes: self.size_bytes as u64,
            mime: self.mime,
            format: self.format,
            extension: self.extension,
            status: parse_status(&self.status)?,
            outcome: self.outcome.map(|json| json.0),
            facts: self.facts.0,
            warnings: self.warnings.0,
            created_at: self.created_at,
            started_at: self.started_at,
            processed_at: self.processed_at,
            reader_version: self.reader_version,
        })
    }
}

pub(crate) fn parse_hash(text: String) -> Result<ContentHash, sqlx::Error> {
    ContentHash::try_from(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

pub(crate) fn parse_status(text: &str) -> Result<ContentStatus, sqlx::Error> {
    ContentStatus::named(text).ok_or_else(|| sqlx::Error::Decode(format!("unknown content status {text:?}").into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ArtifactPart, EXTRACTED_TEXT, Reason};
    use sqlx::PgPool;

    fn hash(byte: u8) -> ContentHash {
        ContentHash::from_digest([byte; 32])
    }

    fn report(outcome: Outcome) -> Report {
        let text = ArtifactPart {
            name: EXTRACTED_TEXT.into(),
            mime: "text/plain; charset=utf-8".into(),
            offset: 0,
            size_bytes: 5,
            width: None,
            height: None,
        };
        Report {
            format: Some("pdf".into()),
            mime: Some("application/pdf".into()),
            facts: Facts { pages: Some(3), ..Facts::default() },
            artifacts: vec![text],
            warnings: vec![Warning::new("truncated", "It ends early.")],
            ..Report::of(outcome)
        }
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_known_content_keeps_its_status(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let first = upsert_pending(&mut conn, &hash(1), 10, "text/plain", Some("md")).await.unwrap();
        assert_eq!(first, Inserted { is_new: true, status: ContentStatus::Pending });
        finish(&mut conn, &hash(1), &report(Outcome::Ok)).await.unwrap();
        let second = upsert_pending(&mut conn, &hash(1), 10, "text/html", None).await.unwrap();
        assert_eq!(second, Inserted { is_new: false, status: ContentStatus::Completed });
        let content = find(&mut conn, &hash(1)).await.unwrap().unwrap();
        assert_eq!((content.extension.as_deref(), content.size_bytes), (Some("md"), 10));
        assert_eq!(find(&mut conn, &hash(2)).await.unwrap(), None);
    }

    /// Two uploads of the same bytes at once: the second waits for the first and then finds its row.
    #[sqlx::test(migrations = "../../migrations")]
    async fn two_uploads_at_once_make_one_content(pool: PgPool) {
        let (mut one, mut two) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
        assert!(upsert_pending(&mut one, &hash(1), 10, "text/plain", None).await.unwrap().is_new);
        let (second, ()) =
            tokio::join!(async { upsert_pending(&mut two, &hash(1), 10, "text/plain", None).await.unwrap() }, async {
                one.commit().await.unwrap()
            });
        assert!(!second.is_new);
    }

    /// `make chaos` found it: an upload of the same bytes while their job was being finished saw them unfinished and, a moment later,
    /// their job's key free. It added a second job, which read them again.
    #[sqlx::test(migrations = "../../migrations")]
    async fn an_upload_of_bytes_that_are_being_finished_finds_them_finished(pool: PgPool) {
        let (mut finishing, mut upload) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
        upsert_pending(&mut pool.acquire().await.unwrap(), &hash(1), 10, "text/plain", None).await.unwrap();
        finish(&mut finishing, &hash(1), &report(Outcome::Ok)).await.unwrap();
        let uploaded =
            tokio::spawn(async move { upsert_pending(&mut upload, &hash(1), 10, "text/plain", None).await.unwrap() });
        let waits = "select count(*) from pg_locks where not granted";
        while !uploaded.is_finished() && sqlx::query_scalar::<_, i64>(waits).fetch_one(&pool).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        finishing.commit().await.unwrap();
        assert_eq!(uploaded.await.unwrap(), Inserted { is_new: false, status: ContentStatus::Completed });
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_run_goes_from_pending_through_processing_to_what_the_report_says(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        upsert_pending(&mut conn, &hash(1), 10, "application/octet-stream", None).await.unwrap();
        assert!(mark_processing(&mut conn, &hash(1)).await.unwrap());
        let content = find(&mut conn, &hash(1)).await.unwrap().unwrap();
        assert_eq!(content.status, ContentStatus::Processing);
        assert!(content.started_at.is_some() && content.outcome.is_none());

        let report = report(Outcome::Partial);
        assert_eq!(finish(&mut conn, &hash(1), &report).await.unwrap(), ContentStatus::Completed);
        let content = find(&mut conn, &hash(1)).await.unwrap().unwrap();
        assert_eq!(content.status, ContentStatus::Completed);
        assert_eq!(content.outcome, Some(Outcome::Partial));
        assert_eq!((content.mime.as_str(), content.format.as_deref()), ("application/pdf", Some("pdf")));
        assert_eq!((content.facts, content.warnings), (report.facts, report.warnings));
        assert!(content.processed_at.is_some());

        assert!(requeue(&mut conn, &hash(1)).await.unwrap());
        assert_eq!(find(&mut conn, &hash(1)).await.unwrap().unwrap().status, ContentStatus::Pending);
        assert!(set_status(&mut conn, &hash(1), ContentStatus::Visual).await.unwrap());
        for changed in [mark_processing(&mut conn, &hash(9)).await, requeue(&mut conn, &hash(9)).await] {
            assert!(!changed.unwrap(), "no such content");
        }
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn only_what_has_failed_is_put_back(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for (byte, status) in [(1, ContentStatus::Failed), (2, ContentStatus::Completed), (3, ContentStatus::Failed)] {
            upsert_pending(&mut conn, &hash(byte), 10, "image/png", None).await.unwrap();
            set_status(&mut conn, &hash(byte), status).await.unwrap();
        }
        assert_eq!(requeue_failed(&mut conn, &[hash(1), hash(2), hash(9)]).await.unwrap(), 1);
        let mut status = async |byte| find(&mut conn, &hash(byte)).await.unwrap().unwrap().status;
        assert_eq!(
            [status(1).await, status(2).await, status(3).await],
            [ContentStatus::Pending, ContentStatus::Completed, ContentStatus::Failed]
        );
    }

    /// A retry was not live: three of four callers wrote no event, and every other browser went on showing "Failed".
    #[sqlx::test(migrations = "../../migrations")]
    async fn whoever_puts_a_content_back_tells_all_who_look_at_its_files(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for byte in [1, 2, 3] {
            upsert_pending(&mut conn, &hash(byte), 10, "image/png", None).await.unwrap();
            set_status(&mut conn, &hash(byte), ContentStatus::Failed).await.unwrap();
            for name in ["a.png", "b.png"] {
                let content_hash = &hash(byte);
                let file = crate::files::NewFile { content_hash, name, drive: None, owner: None, page_id: None };
                crate::files::insert(&mut conn, &file).await.unwrap();
            }
        }
        set_status(&mut conn, &hash(3), ContentStatus::Completed).await.unwrap();
        let mut tx = pool.begin().await.unwrap();
        assert!(requeue(&mut tx, &hash(1)).await.unwrap());
        assert_eq!(requeue_failed(&mut tx, &[hash(2), hash(3)]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let told: Vec<(String, String)> = sqlx::query_as(
            "select f.name, e.data ->> 'contentHash' from events e join files f on f.id = e.file_id
             where e.kind = 'file.status' and e.data ->> 'status' = 'pending' order by e.id",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        let expected = [1, 1, 2, 2].map(|byte| hash(byte).to_string());
        let expected: Vec<_> =
            ["a.png", "b.png", "a.png", "b.png"].map(String::from).into_iter().zip(expected).collect();
        assert_eq!(told, expected);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_rejection_that_identified_nothing_keeps_the_first_guess(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        upsert_pending(&mut conn, &hash(1), 10, "image/png", None).await.unwrap();
        let rejected = Outcome::Rejected { reason: Reason::Malformed, detail: "It is no picture.".into() };
        assert_eq!(finish(&mut conn, &hash(1), &Report::of(rejected.clone())).await.unwrap(), ContentStatus::Failed);
        let content = find(&mut conn, &hash(1)).await.unwrap().unwrap();
        assert_eq!((content.mime.as_str(), content.outcome), ("image/png", Some(rejected)));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn only_contents_without_files_are_deleted(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for byte in [1, 2] {
            upsert_pending(&mut conn, &hash(byte), 10, "image/png", None).await.unwrap();
        }
        let file =
            crate::files::NewFile { content_hash: &hash(1), name: "a.png", drive: None, owner: None, page_id: None };
        crate::files::insert(&mut conn, &file).await.unwrap();
        let later = OffsetDateTime::now_utc() + time::Duration::hours(1);
        assert_eq!(unreferenced(&mut conn, later, 10).await.unwrap(), [hash(2)]);
        assert_eq!(unreferenced(&mut conn, OffsetDateTime::UNIX_EPOCH, 10).await.unwrap(), []);
        assert!(!delete_unreferenced(&mut conn, &hash(1)).await.unwrap());
        assert!(delete_unreferenced(&mut conn, &hash(2)).await.unwrap());
        assert_eq!(unknown(&mut conn, &[hash(1), hash(2), hash(3)]).await.unwrap(), [hash(2), hash(3)]);
    }
}
