//! Rows past their time, let go of by retention.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// Removes events written before `before` and says how many. A client whose last event is gone looks at everything again.
pub async fn events(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from events where created_at < $1").bind(before).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Removes tickets that were never used, and set-up links that were.
pub async fn tickets(conn: &mut PgConnection) -> sqlx::Result<u64> {
    let tickets = sqlx::query("delete from realtime_tickets where expires_at <= now()").execute(&mut *conn).await?;
    let links = sqlx::query("delete from setup_links where used_at is not null").execute(conn).await?;
    Ok(tickets.rows_affected() + links.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::EventKind;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn old_events_go_and_new_ones_stay(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for _ in 0..2 {
            crate::events::insert(&mut conn, EventKind::FileCreated, None, None, serde_json::json!({})).await.unwrap();
        }
        sqlx::query("update events set created_at = now() - interval '8 days' where id = (select min(id) from events)")
            .execute(&mut *conn)
            .await
            .unwrap();
        let week_ago = OffsetDateTime::now_utc() - time::Duration::days(7);
        assert_eq!(events(&mut conn, week_ago).await.unwrap(), 1);
        assert_eq!(events(&mut conn, week_ago).await.unwrap(), 0);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn used_links_and_expired_tickets_go(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        sqlx::raw_sql(
            "insert into setup_links (token_hash, used_at) values ('a', now()), ('b', null);
             insert into users (email, name, password_hash) values ('a@example.com', 'A', '');
             insert into realtime_tickets (token_hash, user_id, expires_at)
             select t::bytea, id, now() + e from users, (values ('x', interval '-1 s'), ('y', interval '1 min')) v (t, e);",
        )
        .execute(&mut *conn)
        .await
        .unwrap();
        assert_eq!(tickets(&mut conn).await.unwrap(), 2);
    }
}
