//! A drain beside an enqueuer that puts in as much as was drained, so that the queue stays as long as it is.

use crate::process::Process;
use crate::system::System;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

const BATCH: usize = 500;

/// A worker and a feeder, in a process each.
pub struct Loop {
    worker: Process,
    feeder: Process,
    pub done: f64,
    pub fed: f64,
}

impl Loop {
    pub async fn start(system: System, url: &str) -> Self {
        let mut feeder = Process::start(system, url, "feed", &json!({ "size": BATCH })).await;
        let mut worker = Process::start(system, url, "work", &json!({ "report": true })).await;
        feeder.tell("go").await;
        worker.tell("go").await;
        Self { worker, feeder, done: 0.0, fed: 0.0 }
    }

    /// Lets it go round until then.
    pub async fn run_until(&mut self, then: Instant) {
        loop {
            let (worker, feeder) = (&mut self.worker, &mut self.feeder);
            tokio::select! {
                () = sleep_until(then) => return,
                line = worker.line() => {
                    self.done = count(&line);
                    feeder.tell(&format!("target {}", self.done)).await;
                }
                line = feeder.line() => self.fed = count(&line),
            }
        }
    }

    pub async fn end(self) {
        self.worker.end().await;
        self.feeder.end().await;
    }
}

/// The number in `done N` and `fed N`.
fn count(line: &str) -> f64 {
    line.rsplit(' ').next().and_then(|word| word.parse().ok()).expect("a word and a number")
}
