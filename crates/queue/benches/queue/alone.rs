//! Ours with much in its tables: 1,000,000 waiting, then 1,000,000 that are over and kept.

use crate::Bench;
use crate::measure::median;
use crate::short::{JOBS, drains};
use crate::system::System;
use serde_json::json;

const MANY: usize = 1_000_000;

/// How many of the million are drained for the rate with a million queued.
const FIRST: usize = 200_000;

pub async fn kept(bench: &mut Bench) {
    let ours = System::Ours;
    let plain = drains(bench, ours, false).await.jobs_per_s;
    bench.set_up(ours, false).await;
    bench.fill(ours, MANY, false).await;
    let queued = bench.measure(ours, "drain", FIRST, json!({ "jobs": FIRST })).await;
    bench.report.compare("queue.drain_1m_queued", queued.jobs_per_s, "jobs/s", "plain drain", plain);

    bench.go(ours, "drain", json!({ "jobs": MANY - queued.done })).await;
    let mut runs = Vec::new();
    for _ in 0..bench.runs {
        bench.fill(ours, JOBS, false).await;
        runs.push(bench.measure(ours, "drain", JOBS, json!({ "jobs": JOBS })).await);
    }
    let kept = median(runs).jobs_per_s;
    bench.report.compare("queue.drain_with_1m_finished", kept / plain, "share of the plain drain", "plain drain", 1.0);
    bench.report.compare("queue.drain_with_1m_finished.rate", kept, "jobs/s", "plain drain", plain);
}
