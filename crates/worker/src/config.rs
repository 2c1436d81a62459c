//! The worker's settings.

use jobs::{Retention, WorkerSlots};
use service::{DatabaseSettings, SettingError, Settings};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// All of them, read and checked at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND_ADDRESS`: the address to listen on, 127.0.0.1 unless set.
    pub address: IpAddr,
    /// `PORT`: health and metrics, 3002 unless set.
    pub port: u16,
    /// `DATABASE_URL` and `DATABASE_CONNECTIONS` (4).
    pub database: DatabaseSettings,
    /// `PROCESSOR_URL`: where the processor listens, http://127.0.0.1:3003 unless set.
    pub processor_url: String,
    /// `PROCESSOR_TOKEN`, a secret.
    pub processor_token: String,
    /// `RETENTION_EVENT_DAYS` (7), `RETENTION_JOB_DAYS` (30), `RETENTION_FAILED_JOB_DAYS` (90), `RETENTION_CONTENT_HOURS` (24):
    /// how long events, finished jobs, failed jobs, and contents without a file are kept.
    pub retention: Retention,
    /// `WORKER_CACHE_CLEANUP_SLOTS` (1), `WORKER_RETENTION_SLOTS` (1): jobs of each kind at once; 0 leaves a kind to other
    /// workers.
    pub slots: WorkerSlots,
}

impl Config {
    /// Reads them.
    pub fn read(settings: &Settings) -> Result<Self, SettingError> {
        let days = |count: u64| Duration::from_secs(count * 24 * 3600);
        Ok(Self {
            address: settings.parse("BIND_ADDRESS", IpAddr::V4(Ipv4Addr::LOCALHOST))?,
            port: settings.parse("PORT", 3002)?,
            database: DatabaseSettings::read(settings, 4)?,
            processor_url: settings.optional("PROCESSOR_URL").unwrap_or_else(|| "http://127.0.0.1:3003".into()),
            processor_token: settings.secret("PROCESSOR_TOKEN")?,
            retention: Retention {
                events: days(settings.parse("RETENTION_EVENT_DAYS", 7)?),
                jobs: days(settings.parse("RETENTION_JOB_DAYS", 30)?),
                dead_jobs: days(settings.parse("RETENTION_FAILED_JOB_DAYS", 90)?),
                contents: Duration::from_secs(settings.parse("RETENTION_CONTENT_HOURS", 24u64)? * 3600),
            },
            slots: WorkerSlots {
                cache_cleanup: settings.parse("WORKER_CACHE_CLEANUP_SLOTS", 1)?,
                retention: settings.parse("WORKER_RETENTION_SLOTS", 1)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_jobs_of_each_kind_run_at_once_is_a_setting() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        let slots = Config::read(&settings).unwrap().slots;
        assert_eq!(slots, WorkerSlots { cache_cleanup: 1, retention: 1 });
        let settings = settings.with("WORKER_CACHE_CLEANUP_SLOTS", "0").with("WORKER_RETENTION_SLOTS", "2");
        assert_eq!(Config::read(&settings).unwrap().slots, WorkerSlots { cache_cleanup: 0, retention: 2 });
    }
}
