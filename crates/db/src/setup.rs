//! The one-time link that makes the first administrator.

use sqlx::PgConnection;

/// Voids the links there are and makes a new one. Waits for another process that does the same.
pub async fn replace(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from setup_links where used_at is null").execute(&mut *conn).await?;
    sqlx::query("insert into setup_links (token_hash) values ($1)").bind(token_hash.as_slice()).execute(conn).await?;
    Ok(())
}

/// Takes the set-up for the rest of the transaction, so that two requests at once cannot both find that it is needed.
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('setup'))").execute(conn).await?;
    Ok(())
}

/// True for a link that [`take`] would use up.
pub async fn is_open(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from setup_links where token_hash = $1 and used_at is null)")
        .bind(token_hash.as_slice())
        .fetch_one(conn)
        .await
}

/// Uses a link up. False when there is no such link, or when it was used.
pub async fn take(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("update setup_links set used_at = now() where token_hash = $1 and used_at is null")
        .bind(token_hash.as_slice())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
