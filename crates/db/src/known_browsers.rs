//! Browsers that somebody has signed in with before. The table knows only the SHA-256 of what a browser keeps.

use sqlx::PgConnection;
use uuid::Uuid;

/// Most browsers remembered of one person; the one not seen for longest goes.
const PER_PERSON: i64 = 20;
/// Days after which a browser is no longer known.
pub const LIFETIME_DAYS: i32 = 180;

/// True when the person of that address has signed in with the browser before.
pub async fn knows(conn: &mut PgConnection, token_hash: &[u8; 32], email: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from known_browsers b join users u on u.id = b.user_id
             where b.token_hash = $1 and lower(u.email) = lower($2) and b.seen_at > now() - make_interval(days => $3))",
    )
    .bind(token_hash.as_slice())
    .bind(email)
    .bind(LIFETIME_DAYS)
    .fetch_one(conn)
    .await
}

/// Remembers a browser of that person, and forgets those that are too old or too many.
pub async fn insert(conn: &mut PgConnection, token_hash: &[u8; 32], user_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("insert into known_browsers (token_hash, user_id) values ($1, $2)")
        .bind(token_hash.as_slice())
        .bind(user_id)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "delete from known_browsers where user_id = $1 and (seen_at <= now() - make_interval(days => $2)
             or token_hash not in (select token_hash from known_browsers where user_id = $1
                 order by seen_at desc, token_hash limit $3))",
    )
    .bind(user_id)
    .bind(LIFETIME_DAYS)
    .bind(PER_PERSON)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets one browser of a person.
pub async fn delete(conn: &mut PgConnection, user_id: Uuid, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from known_browsers where user_id = $1 and token_hash = $2")
        .bind(user_id)
        .bind(token_hash.as_slice())
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets every browser of a person but the one that kept this.
pub async fn delete_others(
    conn: &mut PgConnection,
    user_id: Uuid,
    token_hash: Option<&[u8; 32]>,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from known_browsers where user_id = $1 and token_hash is distinct from $2")
        .bind(user_id)
        .bind(token_hash.map(|hash| hash.as_slice()))
        .execute(conn)
        .await?;
    Ok(())
}
