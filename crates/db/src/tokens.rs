//! API tokens. The table knows only the SHA-256 of a token's secret.

use crate::users::User;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What it may do: `read`, `write`.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
    /// When it ends by itself.
    pub expires_at: Option<OffsetDateTime>,
}

/// A token about to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// Whose it is.
    pub user_id: Uuid,
    /// What its owner calls it.
    pub name: &'a str,
    /// SHA-256 of its secret.
    pub token_hash: &'a [u8; 32],
    /// What it may do.
    pub scopes: &'a [&'a str],
    /// When it ends by itself.
    pub expires_at: Option<OffsetDateTime>,
}

/// Whom a token stands for and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    /// Its owner.
    #[sqlx(flatten)]
    pub user: User,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// How many tokens a person has that have not ended.
pub async fn count(conn: &mut PgConnection, user_id: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from api_tokens where user_id = $1 and (expires_at is null or expires_at > now())",
    )
    .bind(user_id)
    .fetch_one(conn)
    .await
}

/// Makes a token.
pub async fn insert(conn: &mut PgConnection, token: &NewToken<'_>) -> Result<Token, sqlx::Error> {
    sqlx::query_as(
        "insert into api_tokens (user_id, name, token_hash, scopes, expires_at) values ($1, $2, $3, $4, $5)
         returning id, name, scopes, created_at, last_used_at, expires_at",
    )
    .bind(token.user_id)
    .bind(token.name)
    .bind(token.token_hash.as_slice())
    .bind(token.scopes)
    .bind(token.expires_at)
    .fetch_one(conn)
    .await
}

/// The tokens of a person, the newest first.
pub async fn list(conn: &mut PgConnection, user_id: Uuid) -> Result<Vec<Token>, sqlx::Error> {
    sqlx::query_as(
        "select id, name, scopes, created_at, last_used_at, expires_at from api_tokens
         where user_id = $1 order by created_at desc, id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// Whom the token stands for, unless it has ended. Notes that it was used, at most once a minute.
pub async fn find_grant(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Option<Grant>, sqlx::Error> {
    let found: Option<Found> = sqlx::query_as(
        "select u.id, u.email, u.name, u.is_admin, u.created_at, t.scopes,
             t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as stale
         from api_tokens t join users u on u.id = t.user_id
         where t.token_hash = $1 and (t.expires_at is null or t.expires_at > now())",
    )
    .bind(token_hash.as_slice())
    .fetch_optional(&mut *conn)
    .await?;
    // A session's `find_user` takes the same steps. Shared, they would be given both statements and the types of the row and of the
    // answer, and the SQL would no longer stand in the file of its table.
    let Some(found) = found else { return Ok(None) };
    if found.stale {
        sqlx::query("update api_tokens set last_used_at = now() where token_hash = $1")
            .bind(token_hash.as_slice())
            .execute(conn)
            .await?;
    }
    Ok(Some(found.grant))
}

/// Revokes a token of that person. False when it has no such token.
pub async fn delete(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("delete from api_tokens where id = $1 and user_id = $2")
        .bind(id)
        .bind(user_id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    grant: Grant,
    stale: bool,
}
