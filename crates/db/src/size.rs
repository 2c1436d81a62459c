//! The database as its administrator sees it.

use sqlx::PgConnection;

/// How large the database is, and which Postgres it is in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DatabaseSize {
    /// Bytes on disk.
    pub bytes: i64,
    /// Postgres's version.
    pub version: String,
}

/// The present ones.
pub async fn read(conn: &mut PgConnection) -> sqlx::Result<DatabaseSize> {
    sqlx::query_as("select pg_database_size(current_database()) as bytes, current_setting('server_version') as version")
        .fetch_one(conn)
        .await
}
