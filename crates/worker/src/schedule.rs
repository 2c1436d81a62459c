//! The recurring jobs. Any number of workers keep the same schedules; the database decides who enqueues.

use model::JobKind;
use queue::Queue;
use service::Shutdown;
use sqlx::PgPool;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// How often the schedules are looked at.
const TICK: Duration = Duration::from_secs(15);

/// Which job recurs, and how often.
const SCHEDULES: [(JobKind, Duration); 2] = [(JobKind::CacheCleanup, HOUR), (JobKind::Retention, HOUR)];

/// Keeps the schedules until shutdown. A failed look is made up for by the next.
pub async fn keep(pool: PgPool, queue: Queue, shutdown: Shutdown) {
    loop {
        if let Err(error) = look(&pool, &queue).await {
            tracing::warn!(error = format!("{error:#}"), "the schedules could not be looked at");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = shutdown.begun() => return,
        }
    }
}

/// Enqueues what is due, and once a minute brings contents and their jobs together.
pub async fn look(pool: &PgPool, queue: &Queue) -> anyhow::Result<()> {
    for (kind, every) in SCHEDULES {
        let mut tx = db::begin(pool).await?;
        if db::schedules::take_if_due(&mut tx, kind.name(), every).await? {
            queue::enqueue(&mut tx, &jobs::enqueue::maintenance(kind)).await?;
            tx.commit().await?;
            queue.wake();
        }
    }
    if db::schedules::take_if_due(&mut *pool.acquire().await?, "reconcile", MINUTE).await? {
        let reconciled = jobs::reconcile(pool, MINUTE).await?;
        if reconciled.enqueued + reconciled.failed > 0 {
            tracing::warn!(reconciled.enqueued, reconciled.failed, "contents had lost their jobs");
            db::events::notify(pool).await?;
            queue.wake();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pending(pool: &PgPool) -> i64 {
        sqlx::query_scalar("select count(*) from queue.jobs where status = 'pending'").fetch_one(pool).await.unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn each_schedule_enqueues_once_per_period(pool: PgPool) {
        let queue = Queue::new(pool.clone());
        look(&pool, &queue).await.unwrap();
        look(&pool, &queue).await.unwrap();
        assert_eq!(pending(&pool).await, SCHEDULES.len() as i64);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_content_whose_job_is_lost_gets_a_new_one(pool: PgPool) {
        sqlx::query(
            "insert into contents (hash, size_bytes, mime, created_at)
             values (repeat('a', 64), 1, 'text/plain', now() - interval '1 hour')",
        )
        .execute(&pool)
        .await
        .unwrap();
        assert_eq!(jobs::reconcile(&pool, MINUTE).await.unwrap().enqueued, 1);
        assert_eq!(jobs::reconcile(&pool, MINUTE).await.unwrap().enqueued, 0, "it has one now");
        sqlx::query("delete from queue.hot").execute(&pool).await.unwrap();
        sqlx::query(
            "insert into queue.finished (id, priority, attempt, max_attempts, created_at, status, kind, unique_key, subject,
                                         payload, code, error)
             values (99, 1, 3, 3, now(), 'failed', 'ingest-file', 'ingest:' || repeat('a', 64), repeat('a', 64), '{}',
                     'crashed', 'the worker died')",
        )
        .execute(&pool)
        .await
        .unwrap();
        assert_eq!(jobs::reconcile(&pool, MINUTE).await.unwrap().failed, 1);
        let status: String = sqlx::query_scalar("select status from contents").fetch_one(&pool).await.unwrap();
        assert_eq!(status, "failed");
    }
}
