//! Watching over the whole suite: every ten seconds the thresholds are held against what the programs and the queue say, and once a
//! minute what a plot of the last hour needs is written down. Any number of workers may watch at once.

use db::alerts::Alert;
use db::service_status::StoreUse;
use db::system_samples::Sample;
use jobs::Look;
use model::THRESHOLDS;
use service::Shutdown;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// How often. A reader of alerts sees what began or ended after at most this and the programs' own ten seconds.
const EVERY: Duration = Duration::from_secs(10);

const MINUTE: Duration = Duration::from_secs(60);

/// Watches until shutdown. A failed look is made up for by the next.
pub async fn keep_watched(pool: PgPool, shutdown: Shutdown) {
    loop {
        if let Err(error) = look(&pool).await {
            tracing::warn!(error = format!("{error:#}"), "the thresholds could not be looked at");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = shutdown.begun() => return,
        }
    }
}

/// One look: alerts brought up to date, told to the log and to metrics, and the minute's sample if it has none yet.
pub async fn look(pool: &PgPool) -> anyhow::Result<()> {
    db::service_status::report_database(&mut *pool.acquire().await?).await?;
    let look = jobs::evaluate(pool).await?;
    for alert in &look.changes.began {
        let Alert { name, subject, value, limit, .. } = alert;
        tracing::warn!(alert = name, subject, value, limit, "alert: {}", alert.sentence());
    }
    for alert in &look.changes.ended {
        let Alert { name, subject, value, limit, .. } = alert;
        tracing::info!(alert = name, subject, value, limit, "alert over: it was that {}", alert.sentence());
    }
    tell_metrics(&look);
    let mut conn = pool.acquire().await?;
    if db::system_samples::is_due(&mut conn).await? {
        let sample = sample(&mut conn, &look).await?;
        db::system_samples::insert(&mut conn, &sample).await?;
    }
    Ok(())
}

fn tell_metrics(look: &Look) {
    for database in look.services.iter().filter(|service| service.service == db::service_status::DATABASE) {
        metrics::gauge!("database_memory_bytes").set(database.memory.used_bytes as f64);
        metrics::gauge!("database_memory_limit_bytes").set(database.memory.limit_bytes.unwrap_or(0) as f64);
    }
    for kind in &look.counts {
        metrics::gauge!("queue_pending", "kind" => kind.kind.clone()).set(kind.pending as f64);
    }
    if let Some(last_backup) = look.last_backup {
        metrics::gauge!("backup_last_success_seconds").set(last_backup.unix_timestamp() as f64);
    }
    for row in THRESHOLDS {
        let is_passed = look.breaches.iter().any(|breach| breach.threshold == row.threshold);
        metrics::gauge!("alert_active", "name" => row.name).set(f64::from(u8::from(is_passed)));
    }
}

async fn sample(conn: &mut PgConnection, look: &Look) -> anyhow::Result<Sample> {
    let recent = queue::recent(conn, MINUTE).await?;
    let stores: Vec<StoreUse> = look.services.iter().filter_map(|service| service.store).collect();
    let sum = |of: fn(&StoreUse) -> u64| Some(stores.iter().map(of).sum::<u64>()).filter(|_| !stores.is_empty());
    let whole = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    Ok(Sample {
        jobs: recent.jobs,
        failed: recent.failed,
        pending: look.counts.iter().map(|kind| kind.pending).sum(),
        wait_mean_ms: recent.wait_mean_ms,
        wait_p99_ms: recent.wait_p99_ms,
        memory_share: look.services.iter().filter_map(|service| service.memory.share()).max_by(f64::total_cmp),
        // Processors share one store.
        disk_free_bytes: whole(stores.iter().map(|store| store.free_bytes).min()),
        cache_hits: whole(sum(|store| store.cache_hits)),
        cache_misses: whole(sum(|store| store.cache_misses)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::service_status::Report;
    use serde_json::json;

    /// What a program says and what is read of it belong to two crates that do not know each other.
    #[sqlx::test(migrations = "../../migrations")]
    async fn what_a_program_says_of_its_memory_is_what_is_read(pool: PgPool) {
        let said = service::SelfReport::read(3002);
        let memory = json!(said.memory);
        let report = Report { service: "worker", node: &said.node, version: said.version, memory, store: None };
        db::service_status::report(&mut pool.acquire().await.unwrap(), &report).await.unwrap();
        let [read] = db::service_status::present(&mut pool.acquire().await.unwrap()).await.unwrap().try_into().unwrap();
        let service::Memory { used_bytes, limit_bytes, peak_bytes, oom_kills, .. } = said.memory;
        let known = db::service_status::MemoryUse { used_bytes, limit_bytes, peak_bytes, oom_kills };
        assert_eq!((read.memory, read.node), (known, said.node));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_minute_is_written_down_once_with_what_the_programs_say(pool: PgPool) {
        let store = StoreUse { free_bytes: 5, total_bytes: 9, cache_hits: 3, cache_misses: 1 };
        for (node, used) in [("a", 95), ("b", 20)] {
            let memory = json!({"usedBytes": used, "limitBytes": 100});
            let report = Report { service: "processor", node, version: "1", memory, store: Some(store) };
            db::service_status::report(&mut pool.acquire().await.unwrap(), &report).await.unwrap();
        }
        sqlx::query(
            "insert into queue.finished (id, created_at, started_at, priority, attempt, max_attempts, status, kind, payload)
             values (1, now() - interval '3 s', now() - interval '1 s', 1, 1, 3, 'completed', 'ingest-file', '{}')",
        )
        .execute(&pool)
        .await
        .unwrap();
        look(&pool).await.unwrap();
        let mut conn = pool.acquire().await.unwrap();
        let points = db::system_samples::last_hour(&mut conn).await.unwrap();
        let expected = Sample {
            jobs: 1,
            failed: 0,
            pending: 0,
            wait_mean_ms: 2000.0,
            wait_p99_ms: 2000.0,
            memory_share: Some(0.95),
            disk_free_bytes: Some(5),
            cache_hits: Some(6),
            cache_misses: Some(2),
        };
        assert_eq!(points.iter().map(|point| point.sample).collect::<Vec<_>>(), [expected]);
        let [alert] = db::alerts::lasting(&mut conn).await.unwrap().try_into().unwrap();
        assert_eq!(alert.sentence(), "processor uses 95 % of its memory (limit 90 %)");
    }
}
