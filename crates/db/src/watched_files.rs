//! Files of the watched folder that were taken and are not moved away yet.

use sqlx::PgConnection;
use uuid::Uuid;

/// A file in the watched folder, as it was when it was looked at. What has another time or size is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFile {
    /// The drive whose folder it is in.
    pub drive_id: Uuid,
    /// Its name, in the bytes of the file system.
    pub name: Vec<u8>,
    /// When it was changed last, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Its size.
    pub size_bytes: u64,
}

/// Those that were taken out of a drive's folder and are not known to have left it.
pub async fn list(conn: &mut PgConnection, drive_id: Uuid) -> sqlx::Result<Vec<WatchedFile>> {
    let rows: Vec<(Vec<u8>, i64, i64)> =
        sqlx::query_as("select name, modified_ns, size_bytes from watched_files where drive_id = $1 order by name")
            .bind(drive_id)
            .fetch_all(conn)
            .await?;
    let file = |(name, modified_ns, size_bytes): (Vec<u8>, i64, i64)| WatchedFile {
        drive_id,
        name,
        modified_ns,
        size_bytes: size_bytes as u64,
    };
    Ok(rows.into_iter().map(file).collect())
}

/// The file that it became, if exactly this one was taken.
pub async fn find(conn: &mut PgConnection, file: &WatchedFile) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "select file_id from watched_files where drive_id = $1 and name = $2 and modified_ns = $3 and size_bytes = $4",
    )
    .bind(file.drive_id)
    .bind(&file.name)
    .bind(file.modified_ns)
    .bind(file.size_bytes as i64)
    .fetch_optional(conn)
    .await
}

/// Writes down that it has become that file, in the file's transaction. An error when something of its name is written down: that has
/// to be moved away first.
pub async fn insert(conn: &mut PgConnection, file: &WatchedFile, file_id: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "insert into watched_files (drive_id, name, modified_ns, size_bytes, file_id) values ($1, $2, $3, $4, $5)",
    )
    .bind(file.drive_id)
    .bind(&file.name)
    .bind(file.modified_ns)
    .bind(file.size_bytes as i64)
    .bind(file_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets what has left the drive's folder under that name.
pub async fn delete(conn: &mut PgConnection, drive_id: Uuid, name: &[u8]) -> sqlx::Result<()> {
    sqlx::query("delete from watched_files where drive_id = $1 and name = $2")
        .bind(drive_id)
        .bind(name)
        .execute(conn)
        .await?;
    Ok(())
}
