//! A kind as a runner knows it: its handler, its slots, its metrics.

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

/// How an attempt can end. The names are those of the metrics and the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttemptOutcome {
    Completed,
    Retried,
    Snoozed,
    Failed,
    Cancelled,
    Lost,
}

impl AttemptOutcome {
    const ALL: [Self; 6] = [Self::Completed, Self::Retried, Self::Snoozed, Self::Failed, Self::Cancelled, Self::Lost];

    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Retried => "retried",
            Self::Snoozed => "later",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }

    /// Whether the job is over with it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// What a handler that ended its job itself has made of it.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name).unwrap_or(Self::Completed)
    }
}

/// A kind and its slots.
pub(super) struct Kind {
    pub name: Arc<str>,
    pub slots: usize,
    pub running: usize,
    pub timeout: Option<Duration>,
    pub handler: BoxedHandler,
    waits: Histogram,
    runs: Histogram,
    outcomes: [Counter; AttemptOutcome::ALL.len()],
}

impl Kind {
    /// Asks the recorder for its metrics once: looking them up for every job would cost more than some jobs do.
    pub fn new(name: String, options: KindOptions, handler: BoxedHandler) -> Self {
        let counter = |outcome: AttemptOutcome| metrics::counter!("queue_jobs_total", "kind" => name.clone(), "outcome" => outcome.name());
        Self {
            waits: metrics::histogram!("queue_job_wait_seconds", "kind" => name.clone()),
            runs: metrics::histogram!("queue_job_duration_seconds", "kind" => name.clone()),
            outcomes: AttemptOutcome::ALL.map(counter),
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

    /// A job was started that had been due for so long.
    pub fn started(&mut self, waited: Duration) {
        self.running += 1;
        self.waits.record(waited.as_secs_f64());
    }

    /// An attempt is over and written.
    pub fn finished(&self, outcome: AttemptOutcome, took: Duration) {
        self.runs.record(took.as_secs_f64());
        self.outcomes[outcome as usize].increment(1);
    }
}
