//! Single-use rights to open a socket.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Makes a ticket and says when it ends by itself. The table knows only the SHA-256 of its text.
pub async fn insert(
    conn: &mut PgConnection,
    token_hash: &[u8; 32],
    user_id: Uuid,
    lifetime: Duration,
) -> Result<OffsetDateTime, sqlx::Error> {
    sqlx::query_scalar(
        "insert into realtime_tickets (token_hash, user_id, expires_at)
         values ($1, $2, now() + make_interval(secs => $3)) returning expires_at",
    )
    .bind(token_hash.as_slice())
    .bind(user_id)
    .bind(lifetime.as_seconds_f64())
    .fetch_one(conn)
    .await
}

/// Uses a ticket up: whose it was, if it was still good. Of two who try at once, one gets it.
pub async fn take(conn: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Option<Uuid>, sqlx::Error> {
    let taken: Option<(Uuid, bool)> =
        sqlx::query_as("delete from realtime_tickets where token_hash = $1 returning user_id, expires_at > now()")
            .bind(token_hash.as_slice())
            .fetch_optional(conn)
            .await?;
    Ok(taken.and_then(|(user_id, good)| good.then_some(user_id)))
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
        insert(&mut conn, &[1; 32], user, Duration::seconds(60)).await.unwrap();
        assert_eq!(take(&mut conn, &[1; 32]).await.unwrap(), Some(user));
        assert_eq!(take(&mut conn, &[1; 32]).await.unwrap(), None);
        insert(&mut conn, &[2; 32], user, Duration::seconds(-1)).await.unwrap();
        assert_eq!(take(&mut conn, &[2; 32]).await.unwrap(), None);
    }
}
