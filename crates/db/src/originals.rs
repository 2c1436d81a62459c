//! The bytes of many files at once, to be taken along.

use crate::contents::parse_hash;
use crate::library::{Filter, bind_filtered, filtered};
use model::ContentHash;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A file's bytes, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The file's id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The content it points at.
    pub content_hash: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// When it was added.
    pub created_at: OffsetDateTime,
}

/// All files of a drive that the filter lets through, by name. Whether the caller may see the drive is the caller's business.
pub async fn list(conn: &mut PgConnection, drive_id: Uuid, filter: &Filter<'_>) -> Result<Vec<Original>, sqlx::Error> {
    let files = sqlx::query_as(concat!(
        "select f.id, f.name, f.content_hash, c.size_bytes, f.created_at ",
        filtered!(),
        "order by lower(f.name), f.id"
    ));
    let rows: Vec<Row> = bind_filtered!(files, drive_id, filter).fetch_all(conn).await?;
    rows.into_iter().map(Row::into_original).collect()
}

/// The same for those of these files that are in the drive.
pub async fn list_of(conn: &mut PgConnection, drive_id: Uuid, ids: &[Uuid]) -> Result<Vec<Original>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select f.id, f.name, f.content_hash, c.size_bytes, f.created_at
         from files f join contents c on c.hash = f.content_hash
         where f.drive_id = $1 and f.id = any($2) order by lower(f.name), f.id",
    )
    .bind(drive_id)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_original).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    content_hash: String,
    size_bytes: i64,
    created_at: OffsetDateTime,
}

impl Row {
    fn into_original(self) -> Result<Original, sqlx::Error> {
        let Self { id, name, content_hash, size_bytes, created_at } = self;
        Ok(Original { id, name, content_hash: parse_hash(content_hash)?, size_bytes: size_bytes as u64, created_at })
    }
}
