//! Single-use rights to open a socket.

use crate::room_rights::Credential;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Makes a ticket that is worth what its maker signed in with, and says when it ends by itself. The table knows only the SHA-256
/// of its text.
pub async fn insert(
    conn: &mut PgConnection,
    token_hash: &[u8; 32],
    user_id: Uuid,
    credential: &Credential,
    lifetime: Duration,
) -> Result<OffsetDateTime, sqlx::Error> {
    let (session, api_token) = match credential {
        Credential::Session(hash) => (Some(hash.as_slice()), None),
        Credential::Token(hash) => (None, Some(hash.as_slice())),
    };
    sqlx::query_scalar(
        "insert into realtime_tickets (token_hash, user_id, expires_at, session_hash, api_token_hash)
         values ($1, $2, now() + make_interval(secs => $3), $4, $5) returning expires_at",
    )
    .bind(token_hash.as_slice())
    .bind(user_id)
    .bind(lifetime.as_seconds_f64())
    .bind(session)
    .bind(api_token)
    .fetch_one(conn)
    .await
}

/// How many tickets a person has that are still good.
pub async fn count(conn: &mut PgConnection, user_id: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from realtime_tickets where user_id = $1 and expires_at > now()")
        .bind(user_id)
        .fetch_one(conn)
        .await
}

/// Deletes a person's tickets that have ended, so that nobody fills the table with them until they are swept.
pub async fn delete_ended(conn: &mut PgConnection, user_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("delete from realtime_tickets where user_id = $1 and expires_at <= now()")
        .bind(user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses a ticket up: whose it was and what it was made with, if it was still good. Of two who try at once, one gets it. Whether
/// the credential is still good, [`crate::room_rights::is_good`] says.
pub async fn take(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Option<(Uuid, Credential)>, sqlx::Error> {
    let taken: Option<Taken> = sqlx::query_as(
        "delete from realtime_tickets where token_hash = $1
         returning user_id, session_hash, api_token_hash, expires_at > now() as is_good",
    )
    .bind(token_hash.as_slice())
    .fetch_optional(conn)
    .await?;
    Ok(taken.filter(|taken| taken.is_good).and_then(|taken| {
        let hash = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let session = hash(taken.session_hash).map(Credential::Session);
        let credential = session.or_else(|| hash(taken.api_token_hash).map(Credential::Token))?;
        Some((taken.user_id, credential))
    }))
}

#[derive(sqlx::FromRow)]
struct Taken {
    user_id: Uuid,
    session_hash: Option<Vec<u8>>,
    api_token_hash: Option<Vec<u8>>,
    is_good: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_ticket_is_good_once_and_for_a_while(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let user: Uuid =
            sqlx::query_scalar("insert into users (email, name, password_hash) values ('a@b.c', 'A', '') returning id")
                .fetch_one(&mut *conn)
                .await
                .unwrap();
        insert(&mut conn, &[1; 32], user, &Credential::Token([3; 32]), Duration::seconds(60)).await.unwrap();
        assert_eq!(take(&mut conn, &[1; 32]).await.unwrap(), Some((user, Credential::Token([3; 32]))));
        assert_eq!(take(&mut conn, &[1; 32]).await.unwrap(), None);
        insert(&mut conn, &[2; 32], user, &Credential::Session([3; 32]), Duration::seconds(-1)).await.unwrap();
        assert_eq!(take(&mut conn, &[2; 32]).await.unwrap(), None);
    }
}
