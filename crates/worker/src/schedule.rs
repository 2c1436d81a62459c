//! What recurs. The job table makes the recurring jobs, whichever process looks first; contents and their jobs are brought
//! together by whichever worker is first in a minute.

use jobs::external_ocr::reconcile_pages;
use jobs::kinds::{cache_cleanup, retention};
use model::OcrLanguages;
use queue::{NewJob, Queue, Schedule};
use service::Shutdown;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// How often it is looked whether contents are to be reconciled.
const TICK: Duration = Duration::from_secs(15);

/// Makes the job whose time has come.
type Recurring = fn() -> NewJob;

/// Which job recurs, and when: once an hour each, not all in one minute, and not on the hour, when everybody's do.
const SCHEDULES: &[(&str, Recurring)] = &[("7 * * * *", cache_cleanup::new_job), ("37 * * * *", retention::new_job)];

/// Declares the schedules. Every worker does, at its start; a time that comes while the last job has not ended makes none, and
/// times nobody was there for are made up for by one job.
pub async fn declare(conn: &mut PgConnection) -> Result<(), queue::Error> {
    for (cron, new_job) in SCHEDULES {
        let job = new_job();
        queue::declare_schedule(conn, &Schedule::new(job.kind.clone(), *cron, job)).await?;
    }
    Ok(())
}

/// Reconciles until shutdown. `languages` are those text is recognised in. A failed look is made up for by the next.
pub async fn keep_reconciled(pool: PgPool, queue: Queue, languages: OcrLanguages, shutdown: Shutdown) {
    loop {
        if let Err(error) = look(&pool, &queue, &languages).await {
            tracing::warn!(error = format!("{error:#}"), "contents and their jobs could not be looked at");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = shutdown.begun() => return,
        }
    }
}

/// Once a minute, whoever looks, brings contents and their jobs together. Not a job itself: it mends what the job table was
/// left with, and 1,440 rows a day would say nothing.
async fn look(pool: &PgPool, queue: &Queue, languages: &OcrLanguages) -> anyhow::Result<()> {
    if db::schedules::take_if_due(&mut *pool.acquire().await?, "reconcile", MINUTE).await? {
        let reconciled = jobs::reconcile_contents(pool, MINUTE).await?;
        if reconciled.enqueued + reconciled.failed > 0 {
            tracing::warn!(reconciled.enqueued, reconciled.failed, "contents had lost their jobs");
            db::events::notify(pool).await?;
            queue.wake();
        }
        let handed_on = reconcile_pages(pool, languages, MINUTE).await?;
        if handed_on > 0 {
            tracing::warn!(handed_on, "pages asked of the OCR API had lost their jobs; the engine here reads them");
            queue.wake();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pending(pool: &PgPool) -> Vec<String> {
        sqlx::query_scalar("select kind from queue.jobs where status = 'pending' order by kind")
            .fetch_all(pool)
            .await
            .unwrap()
    }

    /// However many workers declare and look, and however many hours nobody did.
    #[sqlx::test(migrations = "../../migrations")]
    async fn each_schedule_makes_one_job_and_never_piles_up(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for _ in 0..2 {
            declare(&mut conn).await.unwrap();
        }
        assert_eq!(queue::tick(&mut conn).await.unwrap(), 0, "not before its time");
        for hours in [5, 1] {
            let late = "update queue.schedules set next_at = now() - make_interval(hours => $1)";
            sqlx::query(late).bind(hours).execute(&mut *conn).await.unwrap();
            declare(&mut conn).await.unwrap();
            queue::tick(&mut conn).await.unwrap();
            assert_eq!(pending(&pool).await, ["cache-cleanup", "retention"]);
        }
        let minutes: Vec<f64> =
            sqlx::query_scalar("select extract(minute from next_at)::float8 from queue.schedules order by name")
                .fetch_all(&pool)
                .await
                .unwrap();
        assert_eq!(minutes, [7.0, 37.0]);
        let ahead: bool =
            sqlx::query_scalar("select bool_and(next_at > now()) from queue.schedules").fetch_one(&pool).await.unwrap();
        assert!(ahead);
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
        assert_eq!(jobs::reconcile_contents(&pool, MINUTE).await.unwrap().enqueued, 1);
        assert_eq!(jobs::reconcile_contents(&pool, MINUTE).await.unwrap().enqueued, 0, "it has one now");
        sqlx::query("delete from queue.parked").execute(&pool).await.unwrap();
        sqlx::query(
            "insert into queue.finished (id, priority, attempt, max_attempts, created_at, status, kind, unique_key, subject,
                                         payload, code, error)
             values (99, 1, 3, 3, now(), 'failed', 'ingest-file', 'ingest:' || repeat('a', 64), repeat('a', 64), '{}',
                     'crashed', 'the worker died')",
        )
        .execute(&pool)
        .await
        .unwrap();
        assert_eq!(jobs::reconcile_contents(&pool, MINUTE).await.unwrap().failed, 1);
        let status: String = sqlx::query_scalar("select status from contents").fetch_one(&pool).await.unwrap();
        assert_eq!(status, "failed");
    }
}
