//! A kind as a runner knows it: its handler, its room, its metrics.

use super::attempt::BoxedHandler;
use metrics::{Counter, Histogram};
use std::sync::Arc;
use std::time::Duration;

/// How a runner runs a kind. A number is so many slots and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindOptions {
    slots: usize,
    timeout: Option<Duration>,
}

impl KindOptions {
    /// At most so many at once in this process.
    pub fn slots(slots: usize) -> Self {
        Self { slots, timeout: None }
    }

    /// An attempt that takes longer is told to stop and has failed. A job's own timeout comes before.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }
}

impl From<usize> for KindOptions {
    fn from(slots: usize) -> Self {
        Self::slots(slots)
    }
}

/// How an attempt can end, as metrics and logs say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Completed,
    Retried,
    Later,
    Failed,
    Cancelled,
    Lost,
}

impl Outcome {
    const ALL: [Self; 6] = [Self::Completed, Self::Retried, Self::Later, Self::Failed, Self::Cancelled, Self::Lost];

    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Retried => "retried",
            Self::Later => "later",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }

    /// What a handler that ended its job itself has made of it.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name).unwrap_or(Self::Completed)
    }
}

/// A kind and its room.
pub(super) struct Kind {
    pub name: Arc<str>,
    pub slots: usize,
    pub running: usize,
    pub timeout: Option<Duration>,
    pub handler: BoxedHandler,
    waits: Histogram,
    runs: Histogram,
    outcomes: [Counter; Outcome::ALL.len()],
}

impl Kind {
    /// Asks the recorder for its metrics once: looking them up for every job would cost more than some jobs do.
    pub fn new(name: String, options: KindOptions, handler: BoxedHandler) -> Self {
        let counter = |outcome: Outcome| metrics::counter!("queue_jobs_total", "kind" => name.clone(), "outcome" => outcome.name());
        Self {
            waits: metrics::histogram!("queue_job_wait_seconds", "kind" => name.clone()),
            runs: metrics::histogram!("queue_job_duration_seconds", "kind" => name.clone()),
            outcomes: Outcome::ALL.map(counter),
            name: name.into(),
            slots: options.slots,
            running: 0,
            timeout: options.timeout,
            handler,
        }
    }

    pub fn free(&self) -> usize {
        self.slots.saturating_sub(self.running)
    }

    /// A job has begun that was due so long ago.
    pub fn began(&mut self, waited: Duration) {
        self.running += 1;
        self.waits.record(waited.as_secs_f64());
    }

    /// An attempt is over, and written down.
    pub fn ended(&self, outcome: Outcome, took: Duration) {
        self.runs.record(took.as_secs_f64());
        self.outcomes[outcome as usize].increment(1);
    }
}
