//! The short scenarios: putting in one by one and in batches, and draining.

use crate::Bench;
use crate::measure::{BATCH, Run, median};
use crate::system::System;
use serde_json::json;

/// As many as take a peer a few seconds.
pub const JOBS: usize = 100_000;

/// One at a time, 20 and 200 callers, each waiting for its own commit.
pub async fn single(bench: &mut Bench) {
    for callers in [20, 200] {
        let mut results = Vec::new();
        for system in bench.systems.clone() {
            let (mut runs, jobs) = (Vec::new(), system.singles(callers));
            for _ in 0..bench.runs {
                bench.set_up(system, false).await;
                bench.server.checkpoint(system).await;
                runs.push(bench.measure(system, "single", jobs, json!({ "jobs": jobs, "callers": callers })).await);
            }
            results.push((system, median(runs)));
        }
        report(bench, &format!("enqueue_single.c{callers}"), &results);
        // The names without a number of callers are those of 20.
        if callers == 20 {
            costs(bench, "enqueue_single", &results);
        }
    }
}

/// Batches of 1,000.
pub async fn batch(bench: &mut Bench) {
    let mut results = Vec::new();
    for system in bench.systems.clone() {
        results.push((system, batches(bench, system, false).await));
    }
    report(bench, "enqueue_batch", &results);
    costs(bench, "enqueue_batch", &results);
}

/// 100,000 jobs through handlers that do nothing.
pub async fn drain(bench: &mut Bench) {
    let mut results = Vec::new();
    for system in bench.systems.clone() {
        results.push((system, drains(bench, system, false).await));
    }
    report(bench, "drain", &results);
    costs(bench, "drain", &results);
    let memory: Vec<_> = results.iter().map(|(system, run)| (*system, run.peak_rss_mb)).collect();
    bench.report.against("queue.rss_busy_mb", "MB", &memory);
}

/// Ours with a unique key on every job.
pub async fn unique(bench: &mut Bench) {
    for (name, with, without) in [
        ("enqueue_batch", batches(bench, System::Ours, true).await, batches(bench, System::Ours, false).await),
        ("drain", drains(bench, System::Ours, true).await, drains(bench, System::Ours, false).await),
    ] {
        let line = format!("queue.{name}_unique");
        bench.report.compare(&line, with.jobs_per_s, "jobs/s", "without a key", without.jobs_per_s);
        let line = format!("queue.cpu_us_per_job.{name}_unique");
        bench.report.compare(&line, with.cpu_us_per_job, "us", "without a key", without.cpu_us_per_job);
    }
}

async fn batches(bench: &mut Bench, system: System, unique: bool) -> Run {
    let mut runs = Vec::new();
    for _ in 0..bench.runs {
        bench.set_up(system, false).await;
        bench.server.checkpoint(system).await;
        let parameters = json!({ "jobs": JOBS, "size": BATCH, "unique": unique });
        runs.push(bench.measure(system, "batch", JOBS, parameters).await);
    }
    median(runs)
}

pub async fn drains(bench: &mut Bench, system: System, unique: bool) -> Run {
    let mut runs = Vec::new();
    for _ in 0..bench.runs {
        bench.set_up(system, false).await;
        bench.fill(system, JOBS, unique).await;
        runs.push(bench.measure(system, "drain", JOBS, json!({ "jobs": JOBS })).await);
    }
    median(runs)
}

fn report(bench: &mut Bench, name: &str, results: &[(System, Run)]) {
    let rates: Vec<_> = results.iter().map(|(system, run)| (*system, run.jobs_per_s)).collect();
    bench.report.against(&format!("queue.{name}"), "jobs/s", &rates);
}

fn costs(bench: &mut Bench, name: &str, results: &[(System, Run)]) {
    let cpu: Vec<_> = results.iter().map(|(system, run)| (*system, run.cpu_us_per_job)).collect();
    bench.report.against(&format!("queue.cpu_us_per_job.{name}"), "us", &cpu);
    let wal: Vec<_> = results.iter().map(|(system, run)| (*system, run.wal_bytes_per_job)).collect();
    bench.report.against(&format!("queue.wal_bytes_per_job.{name}"), "bytes", &wal);
}
