//! The completer: writes the results of finished attempts to the job table, many at once and durably.

use super::Shared;
use super::attempt::FinishedAttempt;
use super::kind::AttemptOutcome;
use crate::finish::{self, AfterFailure, CompletionBatch};
use crate::{Done, Error, Failure, JobId, backoff};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The most completions in one statement: enough to share a commit, few enough for it to be short.
const MAX_BATCH: usize = 1000;

/// Writes finished attempts, on a connection of its own.
pub(super) struct Completer {
    shared: Arc<Shared>,
    conn: Option<PgConnection>,
    /// Finished attempts not yet known to be written.
    unwritten: Vec<FinishedAttempt>,
}

/// A finished attempt that has been written, or that no longer counted.
pub(super) struct Written {
    pub attempt: FinishedAttempt,
    pub outcome: AttemptOutcome,
}

impl Completer {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, conn: None, unwritten: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.unwritten.is_empty()
    }

    pub fn len(&self) -> usize {
        self.unwritten.len()
    }

    pub fn add(&mut self, attempts: impl IntoIterator<Item = FinishedAttempt>) {
        self.unwritten.extend(attempts);
    }

    /// Takes back the failures that are not written.
    pub fn take_failures(&mut self) -> Vec<FinishedAttempt> {
        let (failed, rest) = self.unwritten.drain(..).partition(|attempt| attempt.result.is_err());
        self.unwritten = rest;
        failed
    }

    pub fn iter(&self) -> impl Iterator<Item = &FinishedAttempt> {
        self.unwritten.iter()
    }

    /// Writes what is unwritten. What could not be written stays; writing it again is harmless.
    pub async fn write(&mut self) -> (Vec<Written>, Result<(), Error>) {
        let mut written = Vec::with_capacity(self.unwritten.len());
        let result = self.write_all(&mut written).await;
        if result.is_err() {
            self.conn = None;
        }
        if written.iter().any(|written: &Written| written.attempt.job.limit_key.is_some()) {
            self.shared.queue.wake();
        }
        self.announce(&written);
        (written, result)
    }

    /// Wakes those who wait for jobs that are over. Other processes are told of jobs with a unique key, which are the ones that
    /// several callers wait for: a drain of a million jobs that nobody waits for is not to cost a million names.
    fn announce(&self, written: &[Written]) {
        let is_over = |written: &&Written| written.outcome.is_final();
        let (named, local): (Vec<&Written>, Vec<&Written>) =
            written.iter().filter(is_over).partition(|written| written.attempt.job.unique_key.is_some());
        let ids = |written: Vec<&Written>| written.iter().map(|written| written.attempt.job.id).collect::<Vec<JobId>>();
        let notifier = self.shared.queue.notifier();
        notifier.waiters().wake(&ids(local));
        if !named.is_empty() {
            notifier.finished(&ids(named));
        }
    }

    async fn write_all(&mut self, written: &mut Vec<Written>) -> Result<(), Error> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.shared.connect(true).await?),
        };
        let is_single = |attempt: &FinishedAttempt| !matches!(attempt.result, Ok(Done::Result(_)));
        while let Some(index) = self.unwritten.iter().position(is_single) {
            let outcome = write_one(&self.shared, conn, &self.unwritten[index]).await?;
            written.push(Written { attempt: self.unwritten.swap_remove(index), outcome });
        }
        while !self.unwritten.is_empty() {
            let batch = self.unwritten.split_off(self.unwritten.len().saturating_sub(MAX_BATCH));
            let result = complete(conn, &self.shared, &batch).await;
            match result {
                Ok(lost) => written.extend(batch.into_iter().map(|attempt| {
                    let is_lost = lost.contains(&attempt.job.id.0);
                    let outcome = if is_lost { AttemptOutcome::Lost } else { AttemptOutcome::Completed };
                    Written { attempt, outcome }
                })),
                Err(error) => {
                    self.unwritten.extend(batch);
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// Completes a batch, one statement for each kind, segment and worker; returns the jobs that were no longer that worker's.
async fn complete(
    conn: &mut PgConnection,
    shared: &Shared,
    attempts: &[FinishedAttempt],
) -> Result<HashSet<i64>, Error> {
    let mut batches: BTreeMap<(usize, i16, i32), CompletionBatch> = BTreeMap::new();
    for FinishedAttempt { job, kind, result, .. } in attempts {
        let Ok(Done::Result(result)) = result else { continue };
        let batch = batches.entry((*kind, job.segment, job.worker)).or_default();
        batch.ids.push(job.id.0);
        batch.ctids.push(job.ctid);
        batch.results.push(finish::result_text(result));
        batch.has_keys |= job.unique_key.is_some();
    }
    let mut lost = HashSet::new();
    for ((kind, segment, worker), batch) in batches {
        lost.extend(finish::complete_batch(conn, segment, worker, &shared.kinds[kind], &batch).await?);
    }
    Ok(lost)
}

/// Writes an attempt that failed, snoozed, or has ended the job in the handler's own transaction.
async fn write_one(
    shared: &Shared,
    conn: &mut PgConnection,
    attempt: &FinishedAttempt,
) -> Result<AttemptOutcome, Error> {
    let job = &attempt.job;
    let (code, error, retry_after) = match &attempt.result {
        Ok(Done::Result(_) | Done::FinishedInTransaction) => {
            return Ok(job.ended.get().map_or(AttemptOutcome::Completed, |name| AttemptOutcome::named(name)));
        }
        Ok(Done::Snooze(pause)) => {
            let snoozed = finish::snooze(conn, job, *pause).await?;
            shared.retry_scheduled.notify_one();
            if snoozed {
                return Ok(AttemptOutcome::Snoozed);
            }
            ("cancelled", "snoozed, and cancelled", None)
        }
        Err(Failure::Retry { error, after }) => {
            let code = if attempt.timed_out { "timeout" } else { "retry" };
            (code, error.as_str(), Some(after.unwrap_or_else(|| backoff::after(job.attempt))))
        }
        Err(Failure::Final { code, error }) => (code.as_str(), error.as_str(), None),
    };
    let outcome = match finish::fail(conn, job, code, error, retry_after).await? {
        AfterFailure::Waiting => AttemptOutcome::Retried,
        AfterFailure::Failed => AttemptOutcome::Failed,
        AfterFailure::Cancelled => AttemptOutcome::Cancelled,
        AfterFailure::Lost => AttemptOutcome::Lost,
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
    if outcome == AttemptOutcome::Retried {
        shared.retry_scheduled.notify_one();
    }
    Ok(outcome)
}
