//! Pictures that look alike, by the distance of their perceptual hashes.

use sqlx::PgConnection;
use uuid::Uuid;

/// A file whose picture looks like another's.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Similar {
    /// The file.
    pub id: Uuid,
    /// How many of the 64 bits differ.
    pub distance: i32,
}

/// The files of the same drive whose pictures differ from this file's in at most so many bits, the most alike first;
/// those in the trash are left out. Whether the caller may see the drive is the caller's business.
pub async fn of(
    conn: &mut PgConnection,
    file_id: Uuid,
    max_bits: i32,
    limit: i64,
) -> Result<Vec<Similar>, sqlx::Error> {
    // Every picture of a drive is compared: no index knows this distance, and ten thousand take a few milliseconds.
    sqlx::query_as(
        "with this as (
             select f.drive_id, ('x' || (c.facts ->> 'perceptualHash'))::bit(64) as hash
             from files f join contents c on c.hash = f.content_hash
             where f.id = $1 and c.facts ->> 'perceptualHash' ~ '^[0-9a-f]{16}$'),
         compared as (
             select f.id, f.created_at,
                 length(replace((('x' || (c.facts ->> 'perceptualHash'))::bit(64) # this.hash)::text, '0', '')) as distance
             from this join files f on f.drive_id = this.drive_id join contents c on c.hash = f.content_hash
             where f.id <> $1 and f.trashed_at is null and c.facts ->> 'perceptualHash' ~ '^[0-9a-f]{16}$')
         select id, distance from compared where distance <= $2 order by distance, created_at, id limit $3",
    )
    .bind(file_id)
    .bind(max_bits)
    .bind(limit)
    .fetch_all(conn)
    .await
}
