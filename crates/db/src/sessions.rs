//! Sessions of signed-in people. The table knows only the SHA-256 of a session's secret.

use crate::users::User;
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

/// Begins a session that ends by itself after `lifetime`.
pub async fn insert(
    conn: &mut PgConnection,
    token_hash: &[u8; 32],
    user_id: Uuid,
    user_agent: &str,
    lifetime: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into sessions (token_hash, user_id, user_agent, expires_at)
         values ($1, $2, $3, now() + make_interval(secs => $4))",
    )
    .bind(token_hash.as_slice())
    .bind(user_id)
    .bind(user_agent)
    .bind(lifetime.as_seconds_f64())
    .execute(conn)
    .await?;
    Ok(())
}

/// Whose session it is, unless it has ended. Notes that it was used, at most once a minute.
pub async fn find_user(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Option<User>, sqlx::Error> {
    let found: Option<Found> = sqlx::query_as(
        "select u.id, u.email, u.name, u.is_admin, u.created_at, s.last_seen_at < now() - interval '1 minute' as stale
         from sessions s join users u on u.id = s.user_id
         where s.token_hash = $1 and s.expires_at > now()",
    )
    .bind(token_hash.as_slice())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    if found.stale {
        sqlx::query("update sessions set last_seen_at = now() where token_hash = $1")
            .bind(token_hash.as_slice())
            .execute(conn)
            .await?;
    }
    Ok(Some(found.user))
}

/// Ends a session.
pub async fn delete(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from sessions where token_hash = $1").bind(token_hash.as_slice()).execute(conn).await?;
    Ok(())
}

/// Ends every session of a person.
pub async fn delete_all(conn: &mut PgConnection, user_id: Uuid) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query("delete from sessions where user_id = $1").bind(user_id).execute(conn).await?.rows_affected())
}

/// Ends every session of a person but this one.
pub async fn delete_others(conn: &mut PgConnection, user_id: Uuid, token_hash: &[u8; 32]) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from sessions where user_id = $1 and token_hash <> $2")
        .bind(user_id)
        .bind(token_hash.as_slice())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Removes the sessions that have ended by themselves.
pub async fn delete_expired(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query("delete from sessions where expires_at <= now()").execute(conn).await?.rows_affected())
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    user: User,
    stale: bool,
}
