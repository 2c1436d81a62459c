//! The ending half: what has ended is written down, many at once, durably.

use super::Shared;
use super::attempt::Ended;
use super::kind::Outcome;
use crate::finish::{self, AfterFailure, Batch};
use crate::{Done, Error, Failure, backoff};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The most completions in one statement: enough to share a commit, few enough for it to be short.
const MOST: usize = 1000;

/// Writes ends, on a connection of its own.
pub(super) struct Ends {
    shared: Arc<Shared>,
    conn: Option<PgConnection>,
    /// Not yet known to be written.
    waiting: Vec<Ended>,
}

/// An end that has been written down, or that no longer counted.
pub(super) struct Written {
    pub ended: Ended,
    pub outcome: Outcome,
}

impl Ends {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, conn: None, waiting: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn add(&mut self, ended: impl IntoIterator<Item = Ended>) {
        self.waiting.extend(ended);
    }

    /// Takes back the failures that are not written.
    pub fn take_failures(&mut self) -> Vec<Ended> {
        let (failed, rest) = self.waiting.drain(..).partition(|ended| ended.result.is_err());
        self.waiting = rest;
        failed
    }

    pub fn iter(&self) -> impl Iterator<Item = &Ended> {
        self.waiting.iter()
    }

    /// Writes what waits. What could not be written waits on; writing it again is harmless.
    pub async fn write(&mut self) -> (Vec<Written>, Result<(), Error>) {
        let mut written = Vec::with_capacity(self.waiting.len());
        let result = self.write_all(&mut written).await;
        if result.is_err() {
            self.conn = None;
        }
        if written.iter().any(|written: &Written| written.ended.job.gate.is_some()) {
            self.shared.queue.wake();
        }
        (written, result)
    }

    async fn write_all(&mut self, written: &mut Vec<Written>) -> Result<(), Error> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.shared.connect(true).await?),
        };
        while let Some(place) = self.waiting.iter().position(|ended| !matches!(ended.result, Ok(Done::Result(_)))) {
            let outcome = write_one(&self.shared, conn, &self.waiting[place]).await?;
            written.push(Written { ended: self.waiting.swap_remove(place), outcome });
        }
        while !self.waiting.is_empty() {
            let batch = self.waiting.split_off(self.waiting.len().saturating_sub(MOST));
            let result = complete(conn, &self.shared, &batch).await;
            match result {
                Ok(lost) => written.extend(batch.into_iter().map(|ended| {
                    let outcome = if lost.contains(&ended.job.id.0) { Outcome::Lost } else { Outcome::Completed };
                    Written { ended, outcome }
                })),
                Err(error) => {
                    self.waiting.extend(batch);
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// Completes a batch, one statement for each kind, segment and lease; answers with those whose lease was lost.
async fn complete(conn: &mut PgConnection, shared: &Shared, ended: &[Ended]) -> Result<HashSet<i64>, Error> {
    let mut batches: BTreeMap<(usize, i16, i32), Batch> = BTreeMap::new();
    for Ended { job, kind, result, .. } in ended {
        let Ok(Done::Result(result)) = result else { continue };
        let batch = batches.entry((*kind, job.segment, job.worker)).or_default();
        batch.ids.push(job.id.0);
        batch.rows.push(job.row);
        batch.results.push(finish::result_text(result));
        batch.keyed |= job.unique_key.is_some();
    }
    let mut lost = HashSet::new();
    for ((kind, segment, worker), batch) in batches {
        lost.extend(finish::complete_batch(conn, segment, worker, &shared.kinds[kind], &batch).await?);
    }
    Ok(lost)
}

async fn write_one(shared: &Shared, conn: &mut PgConnection, ended: &Ended) -> Result<Outcome, Error> {
    let job = &ended.job;
    let (code, error, again) = match &ended.result {
        Ok(Done::Result(_) | Done::FinishedInTransaction) => {
            return Ok(job.ended.get().map_or(Outcome::Completed, |name| Outcome::named(name)));
        }
        Ok(Done::Snooze(pause)) => {
            let later = finish::snooze(conn, job, *pause).await?;
            shared.waits.notify_one();
            if later {
                return Ok(Outcome::Later);
            }
            ("cancelled", "put off, and cancelled", None)
        }
        Err(Failure::Retry { error, after }) => {
            let code = if ended.timed_out { "timeout" } else { "retry" };
            (code, error.as_str(), Some(after.unwrap_or_else(|| backoff::after(job.attempt))))
        }
        Err(Failure::Final { code, error }) => (code.as_str(), error.as_str(), None),
    };
    let outcome = match finish::fail(conn, job, code, error, again).await? {
        AfterFailure::Waiting => Outcome::Retried,
        AfterFailure::Failed => Outcome::Failed,
        AfterFailure::Cancelled => Outcome::Cancelled,
        AfterFailure::Lost => Outcome::Lost,
    };
    tracing::info!(
        job.id = job.id.0,
        job.kind = &*job.kind,
        job.attempt = job.attempt,
        code,
        error,
        outcome = outcome.name(),
        "an attempt failed"
    );
    if outcome == Outcome::Retried {
        shared.waits.notify_one();
    }
    Ok(outcome)
}
