//! Backups: which was made last, and whether one is under way. Their rows are written by the script that makes them, in a container
//! with `pg_dump` and without any program of ours.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A backup that has said nothing for so long has died. It says every minute that it lives.
const DEAD_AFTER_MINUTES: i32 = 10;

/// One row of `backups`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Backup {
    /// Its id.
    pub id: Uuid,
    /// The name of its folder, which is when it was begun.
    pub label: String,
    /// When it was begun.
    pub started_at: OffsetDateTime,
    /// When it ended; absent while it is under way, and of one that died.
    pub finished_at: Option<OffsetDateTime>,
    /// Files in it: of the store, and the dump. Absent when it failed.
    pub files: Option<i64>,
    /// Their bytes.
    pub bytes: Option<i64>,
    /// Files that earlier backups in the same folder did not have.
    pub copied_files: Option<i64>,
    /// Their bytes.
    pub copied_bytes: Option<i64>,
    /// Why it is no good, in a sentence.
    pub error: Option<String>,
}

/// The backup that was begun last, however it went.
pub async fn latest(conn: &mut PgConnection) -> sqlx::Result<Option<Backup>> {
    sqlx::query_as(
        "select id, label, started_at, finished_at, files, bytes, copied_files, copied_bytes, error
         from backups order by started_at desc limit 1",
    )
    .fetch_optional(conn)
    .await
}

/// The last backup that is whole.
pub async fn latest_success(conn: &mut PgConnection) -> sqlx::Result<Option<Backup>> {
    sqlx::query_as(
        "select id, label, started_at, finished_at, files, bytes, copied_files, copied_bytes, error
         from backups where finished_at is not null and error is null order by started_at desc limit 1",
    )
    .fetch_optional(conn)
    .await
}

/// How many seconds ago the last backup that is whole was completed, where they are made regularly: three and more were begun in the
/// ten days up to it. Whoever makes one by hand now and then is not reminded.
pub async fn regular_age_s(conn: &mut PgConnection) -> sqlx::Result<Option<f64>> {
    sqlx::query_scalar(
        "select extract(epoch from now() - last.finished_at)::float8
         from (select started_at, finished_at from backups
               where finished_at is not null and error is null order by started_at desc limit 1) as last
         where (select count(*) from backups
                where started_at between last.started_at - interval '10 days' and last.started_at) >= 3",
    )
    .fetch_optional(conn)
    .await
}

/// Whether a backup is under way, which may name contents whose rows are gone since.
pub async fn is_running(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from backups where finished_at is null and alive_at > now() - make_interval(mins => $1))",
    )
    .bind(DEAD_AFTER_MINUTES)
    .fetch_one(conn)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    async fn begin(pool: &PgPool, label: &str) -> Uuid {
        sqlx::query_scalar("insert into backups (id, label) values (gen_random_uuid(), $1) returning id")
            .bind(label)
            .fetch_one(pool)
            .await
            .unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_backup_is_under_way_until_it_ends_or_has_been_silent(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        assert!(!is_running(&mut conn).await.unwrap());
        let id = begin(&pool, "one").await;
        assert!(is_running(&mut conn).await.unwrap());
        assert_eq!(latest_success(&mut conn).await.unwrap(), None);
        sqlx::query("update backups set alive_at = now() - interval '11 minutes'").execute(&pool).await.unwrap();
        assert!(!is_running(&mut conn).await.unwrap(), "it has died");
        let end = "update backups set alive_at = now(), finished_at = now(), files = 2, bytes = 30 where id = $1";
        sqlx::query(end).bind(id).execute(&pool).await.unwrap();
        assert!(!is_running(&mut conn).await.unwrap());
        let success = latest_success(&mut conn).await.unwrap().unwrap();
        assert_eq!((success.id, success.files, success.bytes), (id, Some(2), Some(30)));
        assert_eq!(latest(&mut conn).await.unwrap(), Some(success));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn only_who_makes_them_regularly_is_told_their_age(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let mut ages = vec![regular_age_s(&mut conn).await.unwrap()];
        for days_ago in [30, 3, 2, 1] {
            sqlx::query(
                "insert into backups (id, label, started_at, finished_at, files, bytes)
                 values (gen_random_uuid(), $1::text, now() - make_interval(days => $1), now() - make_interval(days => $1), 0, 0)",
            )
            .bind(days_ago)
            .execute(&mut *conn)
            .await
            .unwrap();
            ages.push(regular_age_s(&mut conn).await.unwrap());
        }
        let days: Vec<_> = ages.iter().map(|age| age.map(|seconds| (seconds / 86_400.0).round())).collect();
        assert_eq!(days, [None, None, None, None, Some(1.0)]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn one_that_failed_is_the_latest_but_not_the_last_success(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let good = begin(&pool, "good").await;
        sqlx::query(
            "update backups set started_at = now() - interval '1 day', finished_at = now(), files = 0, bytes = 0",
        )
        .execute(&pool)
        .await
        .unwrap();
        begin(&pool, "bad").await;
        sqlx::query("update backups set finished_at = now(), error = 'The disk is full.' where label = 'bad'")
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(latest_success(&mut conn).await.unwrap().unwrap().id, good);
        assert_eq!(latest(&mut conn).await.unwrap().unwrap().error.as_deref(), Some("The disk is full."));
        let uncounted = sqlx::query("update backups set error = null where label = 'bad'").execute(&pool).await;
        assert!(uncounted.is_err(), "a good one says what it holds");
    }
}
