//! One run of one role, with what it cost the child and Postgres.

use crate::Bench;
use crate::process::Process;
use crate::system::System;
use serde_json::{Value, json};

/// What a run of so many jobs took.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub done: usize,
    pub jobs_per_s: f64,
    /// Of the child and of Postgres together.
    pub cpu_us_per_job: f64,
    pub wal_bytes_per_job: f64,
    pub peak_rss_mb: f64,
}

pub const BATCH: usize = 1_000;

impl Bench {
    /// A new database with the system's tables.
    pub async fn set_up(&mut self, system: System, notify: bool) -> String {
        let url = self.server.fresh(system).await;
        self.go(system, "setup", json!({ "notify": notify })).await;
        url
    }

    /// Puts jobs in, as fast as it can, and leaves Postgres at rest.
    pub async fn fill(&mut self, system: System, jobs: usize, unique: bool) {
        self.go(system, "batch", json!({ "jobs": jobs, "size": BATCH, "unique": unique })).await;
        self.server.checkpoint(system).await;
    }

    /// Runs a role from `go` to its results.
    pub async fn go(&mut self, system: System, role: &str, parameters: Value) -> Value {
        let mut child = Process::start(system, &self.server.url_of(system), role, &parameters).await;
        child.tell("go").await;
        let results = child.results().await;
        child.end().await;
        results
    }

    /// Runs a role that works off `jobs` and says what that cost.
    pub async fn measure(&mut self, system: System, role: &str, jobs: usize, parameters: Value) -> Run {
        let mut child = Process::start(system, &self.server.url_of(system), role, &parameters).await;
        let (wal, cpu) = (self.server.wal_bytes().await, self.server.cpu_s());
        child.tell("go").await;
        let results = child.results().await;
        let (cpu, wal) = (self.server.cpu_s() - cpu, self.server.wal_bytes().await - wal);
        child.end().await;
        let number = |name: &str| results[name].as_f64().unwrap_or_else(|| panic!("{name} in {results}"));
        // A drain that is stopped with more in the queue has ended a few more than it was asked to.
        let done = results["done"].as_f64().unwrap_or(jobs as f64);
        assert!(done >= jobs as f64, "{}: {done} of {jobs} jobs in {role}", system.name());
        Run {
            done: done as usize,
            jobs_per_s: done / number("seconds"),
            cpu_us_per_job: (number("cpu_s") + cpu) * 1e6 / done,
            wal_bytes_per_job: wal / done,
            peak_rss_mb: number("peak_rss_mb"),
        }
    }
}

/// The run in the middle.
pub fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.jobs_per_s.total_cmp(&b.jobs_per_s));
    runs[runs.len() / 2]
}
