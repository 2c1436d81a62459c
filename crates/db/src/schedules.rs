//! Schedules: which recurring job is due. Any number of workers may ask; one gets it.

use sqlx::PgConnection;
use std::time::Duration;

/// True for exactly one caller per `every`: the one that moved the schedule's time on. Enqueue in the same transaction.
pub async fn take_if_due(conn: &mut PgConnection, name: &str, every: Duration) -> sqlx::Result<bool> {
    sqlx::query("insert into schedules (name) values ($1) on conflict do nothing")
        .bind(name)
        .execute(&mut *conn)
        .await?;
    let taken = sqlx::query(
        "update schedules set last_run_at = now() where name = $1 and last_run_at < now() - make_interval(secs => $2)",
    )
    .bind(name)
    .bind(every.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_due_schedule_is_taken_once(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hour = Duration::from_secs(3600);
        assert!(take_if_due(&mut conn, "sweep", hour).await.unwrap());
        assert!(!take_if_due(&mut conn, "sweep", hour).await.unwrap());
        sqlx::query("update schedules set last_run_at = now() - interval '61 minutes'")
            .execute(&mut *conn)
            .await
            .unwrap();
        assert!(take_if_due(&mut conn, "sweep", hour).await.unwrap());
    }
}
