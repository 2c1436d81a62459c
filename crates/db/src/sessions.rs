//! Sessions of signed-in people. The table knows only the SHA-256 of a session's secret.

use crate::users::User;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// What the browser called itself at the sign-in.
    pub user_agent: String,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub last_seen_at: OffsetDateTime,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
    /// It is the one asked with.
    pub is_current: bool,
}

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

/// Up to `limit` sessions of a person that have not ended, the newest first, after that time and id. `current` is the hash of the
/// one asked with.
pub async fn list(
    conn: &mut PgConnection,
    user_id: Uuid,
    current: &[u8; 32],
    after: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<Session>, sqlx::Error> {
    let (created_at, id) = after.unzip();
    sqlx::query_as(
        "select id, user_agent, created_at, last_seen_at, expires_at, token_hash = $2 as is_current from sessions
         where user_id = $1 and expires_at > now() and ($3::timestamptz is null or (created_at, id) < ($3, $4))
         order by created_at desc, id desc limit $5",
    )
    .bind(user_id)
    .bind(current.as_slice())
    .bind(created_at)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Whose session it is, unless it has ended or the person is disabled. Notes that it was used, at most once a minute.
pub async fn find_user(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Option<User>, sqlx::Error> {
    let found: Option<Found> = sqlx::query_as(
        "select u.id, u.email, u.name, u.is_admin, u.created_at, u.disabled_at,
             s.last_seen_at < now() - interval '1 minute' as stale
         from sessions s join users u on u.id = s.user_id
         where s.token_hash = $1 and s.expires_at > now() and u.disabled_at is null",
    )
    .bind(token_hash.as_slice())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    if found.stale {
        note_use(conn, token_hash).await?;
    }
    Ok(Some(found.user))
}

/// Notes that a session was used.
pub async fn note_use(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("update sessions set last_seen_at = now() where token_hash = $1")
        .bind(token_hash.as_slice())
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session.
pub async fn delete(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from sessions where token_hash = $1").bind(token_hash.as_slice()).execute(conn).await?;
    Ok(())
}

/// Ends a session of that person. False when it has no such session.
pub async fn delete_one(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query("delete from sessions where id = $1 and user_id = $2").bind(id).bind(user_id).execute(conn).await?;
    Ok(done.rows_affected() == 1)
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
