//! Artifacts: what was derived from a content.

use crate::contents::parse_hash;
use model::{ArtifactPart, ContentHash};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// One row of `artifacts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The content it was derived from.
    pub content_hash: ContentHash,
    /// A preset's name, or one of `model`'s text artifacts.
    pub name: String,
    /// Media type of its bytes.
    pub mime: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Width in pixels, for images.
    pub width: Option<u32>,
    /// Height in pixels, for images.
    pub height: Option<u32>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last read, to the minute or so.
    pub last_accessed_at: OffsetDateTime,
}

/// How much is cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Number of artifacts.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Records an artifact, or that it was made again.
pub async fn upsert(conn: &mut PgConnection, hash: &ContentHash, part: &ArtifactPart) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into artifacts (content_hash, name, mime, size_bytes, width, height) values ($1, $2, $3, $4, $5, $6)
         on conflict (content_hash, name) do update set mime = excluded.mime, size_bytes = excluded.size_bytes,
             width = excluded.width, height = excluded.height, created_at = now(), last_accessed_at = now()",
    )
    .bind(hash.as_str())
    .bind(&part.name)
    .bind(&part.mime)
    .bind(part.size_bytes as i64)
    .bind(part.width.map(|n| n as i32))
    .bind(part.height.map(|n| n as i32))
    .execute(conn)
    .await?;
    Ok(())
}

/// The artifact of that name.
pub async fn find(conn: &mut PgConnection, hash: &ContentHash, name: &str) -> Result<Option<Artifact>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "select content_hash, name, mime, size_bytes, width, height, created_at, last_accessed_at
         from artifacts where content_hash = $1 and name = $2",
    )
    .bind(hash.as_str())
    .bind(name)
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_artifact).transpose()
}

/// Every artifact of a content, by name.
pub async fn list(conn: &mut PgConnection, hash: &ContentHash) -> Result<Vec<Artifact>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select content_hash, name, mime, size_bytes, width, height, created_at, last_accessed_at
         from artifacts where content_hash = $1 order by name",
    )
    .bind(hash.as_str())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_artifact).collect()
}

/// Notes that these were read. Callers gather reads for a while: a hit is never a write.
pub async fn touch(conn: &mut PgConnection, read: &[(ContentHash, String)]) -> Result<u64, sqlx::Error> {
    let hashes: Vec<&str> = read.iter().map(|(hash, _)| hash.as_str()).collect();
    let names: Vec<&str> = read.iter().map(|(_, name)| name.as_str()).collect();
    // In the order of the key, so that two processes touching the same rows cannot wait for each other in a circle.
    let done = sqlx::query(
        "with read as (
             select content_hash, name from artifacts join unnest($1::text[], $2::text[]) r (h, n) on content_hash = h and name = n
             order by content_hash, name for no key update of artifacts)
         update artifacts a set last_accessed_at = now() from read where a.content_hash = read.content_hash and a.name = read.name",
    )
    .bind(hashes)
    .bind(names)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What is made again when somebody asks, as [`model::ArtifactLife::Cached`] says: images, and what pages are seen by.
macro_rules! is_cached {
    () => {
        "(mime like 'image/%' or name like 'page-%.json')"
    };
}

/// Images and the like not read since `before`, the longest unread first: what clean-up may remove. Text stays, since a file's
/// status says that it is there.
pub async fn expired(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Artifact>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select content_hash, name, mime, size_bytes, width, height, created_at, last_accessed_at
         from artifacts where last_accessed_at < $1 and ",
        is_cached!(),
        " order by last_accessed_at limit $2"
    ))
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_artifact).collect()
}

/// Forgets an artifact, unless it was read or made since `unread_since`. True when it is gone; only then may its bytes be
/// removed.
pub async fn delete_unread(
    conn: &mut PgConnection,
    hash: &ContentHash,
    name: &str,
    unread_since: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("delete from artifacts where content_hash = $1 and name = $2 and last_accessed_at <= $3")
        .bind(hash.as_str())
        .bind(name)
        .bind(unread_since)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets an artifact, say because its bytes are gone. True when there was one.
pub async fn delete(conn: &mut PgConnection, hash: &ContentHash, name: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("delete from artifacts where content_hash = $1 and name = $2")
        .bind(hash.as_str())
        .bind(name)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets what is cached of a content but for those, and says what that was: it was made by an earlier reader.
pub async fn delete_other_cached(
    conn: &mut PgConnection,
    hash: &ContentHash,
    but: &[&str],
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(concat!(
        "delete from artifacts where content_hash = $1 and ",
        is_cached!(),
        " and name <> all($2) returning name"
    ))
    .bind(hash.as_str())
    .bind(but)
    .fetch_all(conn)
    .await
}

/// Which of these artifacts in the store have no row, by their place in the list, and whether their contents have one.
pub async fn unknown(
    conn: &mut PgConnection,
    stored: &[(ContentHash, String)],
) -> Result<Vec<(usize, bool)>, sqlx::Error> {
    let places: Vec<(i64, bool)> = sqlx::query_as(
        "select number, exists (select from contents c where c.hash = stored.hash)
         from unnest($1::text[], $2::text[]) with ordinality as stored (hash, name, number)
         where not exists (select from artifacts a where a.content_hash = stored.hash and a.name = stored.name)
         order by number",
    )
    .bind(stored.iter().map(|(hash, _)| hash.as_str()).collect::<Vec<_>>())
    .bind(stored.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    // Postgres counts from one.
    Ok(places.into_iter().map(|(number, has_content)| (number as usize - 1, has_content)).collect())
}

/// Number and bytes of all artifacts that clean-up counts: what is cached.
pub async fn totals(conn: &mut PgConnection) -> Result<Totals, sqlx::Error> {
    let (entries, bytes): (i64, i64) = sqlx::query_as(concat!(
        "select count(*), coalesce(sum(size_bytes), 0)::bigint from artifacts where ",
        is_cached!()
    ))
    .fetch_one(conn)
    .await?;
    Ok(Totals { entries: entries as u64, bytes: bytes as u64 })
}

#[derive(sqlx::FromRow)]
struct Row {
    content_hash: String,
    name: String,
    mime: String,
    size_bytes: i64,
    width: Option<i32>,
    height: Option<i32>,
    created_at: OffsetDateTime,
    last_accessed_at: OffsetDateTime,
}

impl Row {
    fn into_artifact(self) -> Result<Artifact, sqlx::Error> {
        Ok(Artifact {
            content_hash: parse_hash(self.content_hash)?,
            name: self.name,
            mime: self.mime,
            size_bytes: self.size_bytes as u64,
            width: self.width.map(|n| n as u32),
            height: self.height.map(|n| n as u32),
            created_at: self.created_at,
            last_accessed_at: self.last_accessed_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::EXTRACTED_TEXT;
    use sqlx::PgPool;

    async fn content(conn: &mut PgConnection) -> ContentHash {
        let hash = ContentHash::from_digest([7; 32]);
        crate::contents::upsert_pending(conn, &hash, 10, "image/png", None).await.unwrap();
        hash
    }

    fn part(name: &str, mime: &str, size_bytes: u64) -> ArtifactPart {
        let (name, mime) = (name.into(), mime.into());
        ArtifactPart { name, mime, offset: 0, size_bytes, width: Some(200), height: Some(150) }
    }

    async fn age(conn: &mut PgConnection, name: &str, days: i32) {
        sqlx::query("update artifacts set last_accessed_at = now() - make_interval(days => $2) where name = $1")
            .bind(name)
            .bind(days)
            .execute(conn)
            .await
            .unwrap();
    }

    fn days_ago(days: i64) -> OffsetDateTime {
        OffsetDateTime::now_utc() - time::Duration::days(days)
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn an_artifact_made_again_replaces_the_earlier_one(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = content(&mut conn).await;
        upsert(&mut conn, &hash, &part("thumbnail", "image/webp", 5)).await.unwrap();
        upsert(&mut conn, &hash, &part("thumbnail", "image/webp", 6)).await.unwrap();
        upsert(&mut conn, &hash, &part("ai-chat", "image/jpeg", 7)).await.unwrap();
        let names: Vec<_> = list(&mut conn, &hash).await.unwrap().into_iter().map(|artifact| artifact.name).collect();
        assert_eq!(names, ["ai-chat", "thumbnail"]);
        let found = find(&mut conn, &hash, "thumbnail").await.unwrap().unwrap();
        assert_eq!((found.size_bytes, found.width, found.height), (6, Some(200), Some(150)));
        assert_eq!(find(&mut conn, &hash, "preview").await.unwrap(), None);
        assert_eq!(totals(&mut conn).await.unwrap(), Totals { entries: 2, bytes: 13 });
        assert!(delete(&mut conn, &hash, "thumbnail").await.unwrap());
        assert!(!delete(&mut conn, &hash, "thumbnail").await.unwrap());
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_is_read_does_not_expire(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = content(&mut conn).await;
        for name in ["ai-chat", "preview", "thumbnail"] {
            upsert(&mut conn, &hash, &part(name, "image/jpeg", 5)).await.unwrap();
            age(&mut conn, name, 40).await;
        }
        age(&mut conn, "preview", 50).await;
        let read = [(hash.clone(), "ai-chat".to_owned()), (hash.clone(), "never-made".to_owned())];
        assert_eq!(touch(&mut conn, &read).await.unwrap(), 1);
        let old = expired(&mut conn, days_ago(30), 10).await.unwrap();
        let names: Vec<_> = old.iter().map(|artifact| artifact.name.as_str()).collect();
        assert_eq!(names, ["preview", "thumbnail"], "the longest unread first");
        assert!(!delete_unread(&mut conn, &hash, "ai-chat", days_ago(30)).await.unwrap());
        assert!(delete_unread(&mut conn, &hash, "preview", days_ago(30)).await.unwrap());
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_pages_are_seen_by_is_cached_and_the_index_of_pages_is_not(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = content(&mut conn).await;
        for name in ["page-sizes.json", "page-7-words.json", model::PAGES] {
            upsert(&mut conn, &hash, &part(name, "application/json", 5)).await.unwrap();
        }
        upsert(&mut conn, &hash, &part("page-7-800.jpg", "image/jpeg", 5)).await.unwrap();
        assert_eq!(totals(&mut conn).await.unwrap(), Totals { entries: 3, bytes: 15 });
        assert_eq!(expired(&mut conn, days_ago(-1), 10).await.unwrap().len(), 3);
        let mut gone = delete_other_cached(&mut conn, &hash, &["page-7-800.jpg"]).await.unwrap();
        gone.sort();
        assert_eq!(gone, ["page-7-words.json", "page-sizes.json"]);
    }

    /// A file's status says that its text is there, so clean-up never takes it away.
    #[sqlx::test(migrations = "../../migrations")]
    async fn text_never_expires(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = content(&mut conn).await;
        upsert(&mut conn, &hash, &part(EXTRACTED_TEXT, "text/plain; charset=utf-8", 5)).await.unwrap();
        age(&mut conn, EXTRACTED_TEXT, 400).await;
        assert_eq!(expired(&mut conn, days_ago(0), 10).await.unwrap(), []);
        assert_eq!(totals(&mut conn).await.unwrap(), Totals { entries: 0, bytes: 0 });
    }
}
