//! API tokens. The table knows only the SHA-256 of a token's secret.

use crate::audit::Actor;
use crate::users::User;
use model::AuditKind;
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
    /// It is older than its owner's password.
    pub predates_password: bool,
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
    /// What its owner calls it.
    pub token_name: String,
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
         returning id, name, scopes, created_at, last_used_at, expires_at, false as predates_password",
    )
    .bind(token.user_id)
    .bind(token.name)
    .bind(token.token_hash.as_slice())
    .bind(token.scopes)
    .bind(token.expires_at)
    .fetch_one(conn)
    .await
}

/// Up to `limit` tokens of a person, the newest first, after that time and id.
pub async fn list(
    conn: &mut PgConnection,
    user_id: Uuid,
    after: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<Token>, sqlx::Error> {
    let (created_at, id) = after.unzip();
    sqlx::query_as(
        "select t.id, t.name, t.scopes, t.created_at, t.last_used_at, t.expires_at,
             coalesce(t.created_at < u.password_changed_at, false) as predates_password
         from api_tokens t join users u on u.id = t.user_id
         where t.user_id = $1 and ($2::timestamptz is null or (t.created_at, t.id) < ($2, $3))
         order by t.created_at desc, t.id desc limit $4",
    )
    .bind(user_id)
    .bind(created_at)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Whom the token stands for, unless it has ended or its owner is disabled. Notes that it was used, at most once a minute; the first
/// time on a day it is in the audit log, too. `from` is where the request comes from, before it is known whose it is.
pub async fn find_grant(
    conn: &mut PgConnection,
    token_hash: &[u8; 32],
    from: &Actor,
) -> Result<Option<Grant>, sqlx::Error> {
    let found: Option<Found> = sqlx::query_as(
        "select u.id, u.email, u.name, u.is_admin, u.created_at, u.disabled_at, t.name as token_name, t.scopes,
             t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as stale
         from api_tokens t join users u on u.id = t.user_id
         where t.token_hash = $1 and (t.expires_at is null or t.expires_at > now()) and u.disabled_at is null",
    )
    .bind(token_hash.as_slice())
    .fetch_optional(&mut *conn)
    .await?;
    // A session's `find_user` takes the same steps. Shared, they would be given both statements and the types of the row and of the
    // answer, and the SQL would no longer stand in the file of its table.
    let Some(found) = found else { return Ok(None) };
    if found.stale {
        note_use(conn, token_hash, from).await?;
    }
    Ok(Some(found.grant))
}

/// Notes that a token was used, and in the audit log if it is the first time on this day.
// One statement, as a request may be dropped between two; and the row is locked before it is looked at, so that of two requests at
// once one finds that it is the day's first.
pub async fn note_use(conn: &mut PgConnection, token_hash: &[u8; 32], from: &Actor) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with before as (
             select id, user_id, name, last_used_at from api_tokens where token_hash = $1 for update
         ), used as (
             update api_tokens t set last_used_at = now() from before b where t.id = b.id
             returning b.id, b.user_id, b.name, b.last_used_at
         )
         insert into audit_entries (kind, actor_id, actor_name, address, credential, token_name, target_type, target_id,
             target_name, request_id)
         select $2, u.id, u.name, $3, 'token', t.name, 'token', t.id::text, t.name, $4
         from used t join users u on u.id = t.user_id
         where t.last_used_at is null or (t.last_used_at at time zone 'UTC')::date < (now() at time zone 'UTC')::date",
    )
    .bind(token_hash.as_slice())
    .bind(AuditKind::TokenUsed.as_str())
    .bind(from.address.map(|address| address.to_string()))
    .bind(from.request_id.as_deref())
    .execute(conn)
    .await?;
    Ok(())
}

/// Revokes a token of that person and says what it was called; `None` when it has no such token.
pub async fn delete(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("delete from api_tokens where id = $1 and user_id = $2 returning name")
        .bind(id)
        .bind(user_id)
        .fetch_optional(conn)
        .await
}

/// Revokes every token of a person.
pub async fn delete_all(conn: &mut PgConnection, user_id: Uuid) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query("delete from api_tokens where user_id = $1").bind(user_id).execute(conn).await?.rows_affected())
}

/// Revokes the tokens of a person that are older than its password.
pub async fn delete_predating(conn: &mut PgConnection, user_id: Uuid) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "delete from api_tokens t using users u
         where t.user_id = $1 and u.id = t.user_id and t.created_at < u.password_changed_at",
    )
    .bind(user_id)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    grant: Grant,
    stale: bool,
}
