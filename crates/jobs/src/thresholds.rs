//! Whether anything is above its limit: what the queue and the programs say, held against the thresholds.

use db::alerts::{Breach, Changes};
use db::service_status::ServiceStatus;
use model::{JobKind, JobService, KINDS, Priority, Threshold};
use queue::KindCounts;
use sqlx::PgPool;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// One or two failures of few jobs are a large part of them, and no reason to call somebody.
const MIN_FAILED: i64 = 3;

/// What a look at the whole suite found.
#[derive(Debug, Clone)]
pub struct Look {
    /// The jobs of every kind.
    pub counts: Vec<KindCounts>,
    /// The programs that are there.
    pub services: Vec<ServiceStatus>,
    /// When the last backup that is whole was completed.
    pub last_backup: Option<OffsetDateTime>,
    /// What is above its limit.
    pub breaches: Vec<Breach>,
    /// What of that is new, and what no longer is.
    pub changes: Changes,
}

/// Looks at everything and brings the alerts up to date. May be done by several programs at once.
pub async fn evaluate(pool: &PgPool) -> anyhow::Result<Look> {
    let mut conn = pool.acquire().await?;
    let kinds: Vec<&str> = KINDS.iter().map(|row| row.name).collect();
    let counts = queue::counts_of(&mut conn, &kinds).await?;
    let services = db::service_status::present(&mut conn).await?;
    let missing = db::service_status::missing(&mut conn).await?;
    let last_backup = db::backups::latest_success(&mut conn).await?.and_then(|backup| backup.finished_at);
    let backup_age_s = db::backups::regular_age_s(&mut conn).await?;
    drop(conn);
    let mut breaches = breaches_of_memory(&services);
    breaches
        .extend(missing.iter().filter_map(|(service, silent_s)| breach(Threshold::MissingService, service, *silent_s)));
    breaches.extend(backup_age_s.and_then(|age_s| breach(Threshold::BackupAge, "", age_s)));
    breaches.extend(breaches_of_queue(&counts));
    let mut tx = db::begin(pool).await?;
    let changes = db::alerts::replace(&mut tx, &breaches).await?;
    tx.commit().await?;
    if !changes.is_empty() {
        db::events::notify(pool).await?;
    }
    Ok(Look { counts, services, last_backup, breaches, changes })
}

/// Programs near the limit of their memory, each once however many of it run: by the one that is nearest.
fn breaches_of_memory(services: &[ServiceStatus]) -> Vec<Breach> {
    let mut worst: BTreeMap<&str, f64> = BTreeMap::new();
    for service in services {
        let share = service.memory.share().unwrap_or(0.0);
        let known = worst.entry(&service.service).or_default();
        *known = known.max(share);
    }
    worst.into_iter().filter_map(|(service, share)| breach(Threshold::Memory, service, share)).collect()
}

/// What is too much of the queue. Kinds of low priority may wait, whatever their number, as nobody waits for them; but not for ever.
pub fn breaches_of_queue(counts: &[KindCounts]) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut pending = 0;
    for kind in counts {
        if may_wait(&kind.kind) {
            found.extend(breach(Threshold::WaitingJobs, &kind.kind, kind.oldest_pending_s));
        } else {
            pending += kind.pending;
            if reads_files(&kind.kind) {
                found.extend(breach(Threshold::SlowFile, &kind.kind, kind.longest_ms / 1000.0));
            }
        }
        if kind.recent_failed >= MIN_FAILED {
            found.extend(breach(Threshold::FailedJobs, &kind.kind, kind.failed_share));
        }
    }
    found.extend(breach(Threshold::PendingJobs, "", pending as f64));
    found
}

/// A kind that is not known any more counts like those somebody waits for.
fn may_wait(kind: &str) -> bool {
    JobKind::named(kind).is_some_and(|kind| kind.row().priority == Priority::Low)
}

/// What the worker does takes as long as the servers that it asks. A kind that is not known any more counts like those of files.
fn reads_files(kind: &str) -> bool {
    JobKind::named(kind).is_none_or(|kind| kind.row().service == JobService::Processor)
}

fn breach(threshold: Threshold, subject: &str, value: f64) -> Option<Breach> {
    (value > threshold.row().limit).then(|| Breach { threshold, subject: subject.to_owned(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_work_for_a_minute(kind: &str) -> KindCounts {
        KindCounts {
            kind: kind.to_owned(),
            active: 1,
            pending: 0,
            completed: 0,
            failed: 0,
            cancelled: 0,
            paused: false,
            oldest_pending_s: 0.0,
            mean_ms: 0.0,
            p99_ms: 0.0,
            failed_share: 0.0,
            recent: 0,
            recent_failed: 0,
            wait_mean_ms: 0.0,
            wait_p99_ms: 0.0,
            longest_ms: 60_000.0,
        }
    }

    #[test]
    fn a_file_that_is_read_for_long_is_told_and_one_that_is_fetched_is_not() {
        let kinds = ["ingest-file", "image-optimize", "of an older release", "import-link", "ocr-process"];
        let found = breaches_of_queue(&kinds.map(at_work_for_a_minute));
        let subjects: Vec<&str> = found.iter().map(|breach| breach.subject.as_str()).collect();
        assert_eq!(subjects, kinds[..3]);
        assert!(found.iter().all(|breach| breach.threshold == Threshold::SlowFile));
    }
}
