//! Rows past their time, let go of by retention.

use crate::audit::Actor;
use model::AuditKind;
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

/// Files that are deleted in one transaction, so that nobody waits long for what it has locked.
const BATCH: i64 = 1000;

/// Removes events written before `before` and says how many. A client whose last event is gone looks at everything again.
pub async fn events(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from events where created_at < $1").bind(before).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Removes entries of the audit log written before `before` and says how many. It refuses what is not half a day old.
pub async fn audit(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from audit_entries where at < $1").bind(before).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Removes tickets that were never used, and set-up links that were.
pub async fn tickets(conn: &mut PgConnection) -> sqlx::Result<u64> {
    let tickets = sqlx::query("delete from realtime_tickets where expires_at <= now()").execute(&mut *conn).await?;
    let links = sqlx::query("delete from setup_links where used_at is not null").execute(conn).await?;
    Ok(tickets.rows_affected() + links.rows_affected())
}

/// Forgets what uploads of more than a day ago were called.
pub async fn upload_keys(conn: &mut PgConnection) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from upload_keys where created_at < now() - interval '1 day'").execute(conn).await?;
    Ok(done.rows_affected())
}

/// Deletes files that went into the trash before `before`, with an entry in the audit log and an event, and says how many.
pub async fn trash(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let mut deleted = 0;
    loop {
        let mut tx = conn.begin().await?;
        let files = crate::bulk::in_trash_before(&mut tx, before, BATCH).await?;
        if files.is_empty() {
            return Ok(deleted);
        }
        let entry = Actor::default().did(AuditKind::FileDeleted).detail("its time in the trash was over");
        deleted += crate::bulk::delete(&mut tx, &files, &entry).await?;
        tx.commit().await?;
    }
}

/// Forgets readings that ended before `before`, and says how many.
pub async fn readings(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from readings where finished_at < $1").bind(before).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Forgets uploads in pieces whose time was over a day ago; until then whoever goes on with one is told so.
pub async fn uploads(conn: &mut PgConnection) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from uploads where expires_at < now() - interval '1 day'").execute(conn).await?;
    Ok(done.rows_affected())
}

/// Forgets imports that were asked for before `before`, and says how many. The files that they became stay.
pub async fn imports(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from imports where created_at < $1").bind(before).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Removes alerts that ended before `before`, and what no page shows any more: programs that are long gone and samples older
/// than a day. Says how many rows that were.
pub async fn system(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let alerts = sqlx::query("delete from alerts where ended_at < $1").bind(before).execute(&mut *conn).await?;
    let services = sqlx::query("delete from service_status where reported_at < now() - interval '1 day'")
        .execute(&mut *conn)
        .await?;
    let samples =
        sqlx::query("delete from system_samples where minute < now() - interval '1 day'").execute(conn).await?;
    Ok(alerts.rows_affected() + services.rows_affected() + samples.rows_affected())
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
    async fn old_entries_of_the_audit_log_go_and_new_ones_stay(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let now = OffsetDateTime::now_utc();
        for days in [181, 179, 0] {
            let entry =
                crate::audit::Actor::default().did(model::AuditKind::SignIn).at(now - time::Duration::days(days));
            entry.write(&mut conn).await.unwrap();
        }
        assert_eq!(audit(&mut conn, now - time::Duration::days(180)).await.unwrap(), 1);
        let left = crate::audit::list(&mut conn, &Default::default(), None, 9).await.unwrap();
        assert_eq!(left.len(), 2);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn files_go_when_they_were_in_the_trash_for_long_and_everybody_is_told(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = model::ContentHash::from_digest([1; 32]);
        crate::contents::upsert_pending(&mut conn, &hash, 10, "text/plain", None).await.unwrap();
        sqlx::query(
            "with drive as (insert into drives (name) values ('d') returning id)
             insert into files (drive_id, content_hash, name, trashed_at)
             select drive.id, $1, name, trashed_at
             from drive, (values ('old', now() - interval '31 days'), ('new', now() - interval '29 days'), ('kept', null))
                 files (name, trashed_at)",
        )
        .bind(hash.as_str())
        .execute(&mut *conn)
        .await
        .unwrap();
        let month_ago = OffsetDateTime::now_utc() - time::Duration::days(30);
        assert_eq!(trash(&mut conn, month_ago).await.unwrap(), 1);
        assert_eq!(trash(&mut conn, month_ago).await.unwrap(), 0);
        let left: Vec<String> =
            sqlx::query_scalar("select name from files order by name").fetch_all(&mut *conn).await.unwrap();
        assert_eq!(left, ["kept", "new"]);
        let told: Vec<String> = sqlx::query_scalar("select kind from events").fetch_all(&mut *conn).await.unwrap();
        assert_eq!(told, ["file.deleted"]);
        let entries = crate::audit::list(&mut conn, &Default::default(), None, 9).await.unwrap();
        let of = |entry: &crate::audit::Entry| (entry.kind.clone(), entry.target_name.clone(), entry.actor_id);
        assert_eq!(entries.iter().map(of).collect::<Vec<_>>(), [("file-deleted".into(), Some("old".into()), None)]);
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

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_is_known_of_the_system_stays_bounded(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        sqlx::raw_sql(
            "insert into alerts (name, subject, value, limit_value, since, ended_at)
             values ('memory', 'a', 1, 1, now() - interval '9 days', now() - interval '8 days'),
                    ('memory', 'b', 1, 1, now() - interval '9 days', now() - interval '6 days'),
                    ('memory', 'c', 1, 1, now() - interval '9 days', null);
             insert into service_status (service, node, version, memory, reported_at)
             values ('web', 'a', '1', '{}', now() - interval '2 days'), ('web', 'b', '1', '{}', now());
             insert into system_samples (minute, jobs, failed, pending, wait_mean_ms, wait_p99_ms)
             values (now() - interval '25 hours', 0, 0, 0, 0, 0), (now() - interval '23 hours', 0, 0, 0, 0, 0);",
        )
        .execute(&mut *conn)
        .await
        .unwrap();
        let week_ago = OffsetDateTime::now_utc() - time::Duration::days(7);
        assert_eq!(system(&mut conn, week_ago).await.unwrap(), 3);
        let left: Vec<String> =
            sqlx::query_scalar("select subject from alerts order by subject").fetch_all(&mut *conn).await.unwrap();
        assert_eq!(left, ["b", "c"]);
    }
}
