//! A queue with nothing to do: how soon it wakes, what it asks meanwhile, what it occupies.

use crate::process::Process;
use crate::system::System;
use crate::{Bench, procfs};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

const SENDS: usize = 500;
const IDLE: Duration = Duration::from_secs(30);

/// From the call that sends to the start of the handler in another process, 10 to 30 ms apart.
pub async fn wake(bench: &mut Bench) {
    let (mut middle, mut worst) = (Vec::new(), Vec::new());
    for system in bench.systems.clone() {
        let mut late = latencies(bench, system).await;
        late.sort_by(f64::total_cmp);
        middle.push((system, late[late.len() / 2]));
        worst.push((system, late[late.len() * 99 / 100]));
    }
    for (name, values) in [("queue.wake_p50_ms", middle), ("queue.wake_p99_ms", worst)] {
        bench.report.value(name, values[0].1, "ms");
        if values.len() > 1 {
            bench.report.against(name, "ms", &values);
        }
    }
}

async fn latencies(bench: &mut Bench, system: System) -> Vec<f64> {
    let url = bench.set_up(system, true).await;
    bench.server.checkpoint(system).await;
    let mut worker = working(system, &url).await;
    bench.go(system, "send", json!({ "sends": SENDS })).await;
    // The last one may be on its way still.
    sleep(Duration::from_millis(500)).await;
    worker.tell("stop").await;
    let results = worker.results().await;
    worker.end().await;
    let late: Vec<f64> = results["late_us"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert_eq!(late.len(), SENDS, "{}: not every job was run", system.name());
    late.into_iter().map(|late_us| late_us / 1e3).collect()
}

/// Half a minute of nothing.
pub async fn idle(bench: &mut Bench) {
    let (mut queries, mut memory) = (Vec::new(), Vec::new());
    for system in bench.systems.clone() {
        let url = bench.set_up(system, true).await;
        bench.server.checkpoint(system).await;
        let worker = working(system, &url).await;
        let before = bench.server.statements(system).await;
        sleep(IDLE).await;
        let asked = bench.server.statements(system).await - before;
        queries.push((system, asked / IDLE.as_secs_f64()));
        memory.push((system, procfs::memory_mb(&worker.id().to_string(), "VmRSS:")));
        worker.end().await;
    }
    for (name, unit, values) in
        [("queue.idle_queries_per_s", "queries/s", queries), ("queue.rss_idle_mb", "MB", memory)]
    {
        bench.report.value(name, values[0].1, unit);
        if values.len() > 1 {
            bench.report.against(name, unit, &values);
        }
    }
}

/// A worker that has started and come to rest.
async fn working(system: System, url: &str) -> Process {
    let mut worker = Process::start(system, url, "work", &json!({ "report": false })).await;
    worker.tell("go").await;
    sleep(Duration::from_secs(5)).await;
    worker
}
