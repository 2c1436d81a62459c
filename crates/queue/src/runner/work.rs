//! The rounds: complete what has ended, claim what there is room for, wait until something changes.

use super::Shared;
use super::attempt::{BoxedHandler, Ended, attempt};
use crate::claim::{self, Completion, complete_and_claim};
use crate::finish::{self, AfterFailure};
use crate::{Done, Error, Failure, Job, JobId, backoff};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// Notifications wake, looking guarantees: a look even when nobody said anything.
const SAFETY_POLL: Duration = Duration::from_secs(20);

/// How long handlers may take to stop once the grace is over.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A kind and its room.
pub(super) struct Kind {
    pub name: String,
    pub slots: usize,
    pub running: usize,
    pub handler: BoxedHandler,
}

/// The runner's main task.
pub(super) struct Work {
    shared: Arc<Shared>,
    kinds: Vec<Kind>,
    conn: Option<PgConnection>,
    tasks: JoinSet<Ended>,
    /// Which job a task runs, for tasks that end without a word.
    owners: HashMap<tokio::task::Id, Job>,
    /// Ended, and not yet written down.
    completions: Vec<(Completion, Ended)>,
    failures: Vec<Ended>,
    /// Look for claims of ours that we do not know of.
    resync: bool,
    stopping: bool,
}

impl Work {
    pub fn new(shared: Arc<Shared>, kinds: Vec<Kind>) -> Self {
        Self {
            shared,
            kinds,
            conn: None,
            tasks: JoinSet::new(),
            owners: HashMap::new(),
            completions: Vec::new(),
            failures: Vec::new(),
            resync: false,
            stopping: false,
        }
    }

    /// Works until told to stop, then for the grace it is given, then hands back.
    pub async fn run(mut self, stop: oneshot::Receiver<Duration>) {
        let mut wakes = self.shared.queue.wakes();
        let mut worker = self.shared.worker.subscribe();
        let mut pause = Duration::from_millis(50);
        let mut stop = std::pin::pin!(stop);
        let grace = loop {
            // Seen before the look, so that what happens during it makes another one.
            wakes.borrow_and_update();
            let me = *worker.borrow_and_update();
            let next_look = match self.round(me).await {
                Ok(()) => {
                    pause = Duration::from_millis(50);
                    Instant::now() + SAFETY_POLL
                }
                Err(error) => {
                    tracing::warn!(%error, node = self.shared.node, "a round over the job table failed");
                    self.conn = None;
                    self.resync = true;
                    pause = (pause * 2).min(Duration::from_secs(5));
                    Instant::now() + pause
                }
            };
            let broken = self.conn.is_none();
            tokio::select! {
                biased;
                grace = &mut stop => break grace.unwrap_or(Duration::ZERO),
                () = sleep_until(next_look) => {}
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended),
                changed = worker.changed() => { self.resync |= changed.is_ok(); }
                _ = wakes.changed(), if !broken => {}
            }
        };
        self.stop(grace, worker).await;
    }

    /// One round: write down what has ended and claim into the free slots.
    async fn round(&mut self, worker: Option<i32>) -> Result<(), Error> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.ended(ended);
        }
        if self.conn.is_none() {
            let Some(_) = worker else { return Ok(()) };
            self.conn = Some(self.shared.connect().await?);
        }
        let Some(conn) = &mut self.conn else { return Ok(()) };
        while let Some(ended) = self.failures.last() {
            write_failure(&self.shared, conn, ended).await?;
            self.failures.pop();
        }
        if let (true, Some(worker)) = (self.resync, worker) {
            let mut known: Vec<i64> = self.owners.values().map(|job| job.id.0).collect();
            known.extend(self.completions.iter().map(|(completion, _)| completion.id.0));
            claim::give_back_unknown(conn, worker, &known).await?;
            self.resync = false;
        }
        let claims = !self.stopping && worker.is_some();
        let free: Vec<(String, i32)> =
            if claims { self.kinds.iter().filter_map(Kind::free).collect() } else { Vec::new() };
        if free.is_empty() && self.completions.is_empty() {
            return Ok(());
        }
        let completions: Vec<Completion> = self.completions.iter().map(|(completion, _)| completion.clone()).collect();
        let (kinds, places): (Vec<String>, Vec<i32>) = free.into_iter().unzip();
        let round = complete_and_claim(conn, &completions, worker.unwrap_or(0), &kinds, &places).await?;
        for (completion, ended) in self.completions.drain(..) {
            let outcome = if round.completed.contains(&completion.id) { "completed" } else { "lost" };
            count(&ended, outcome);
        }
        for job in round.jobs {
            self.begin(job);
        }
        Ok(())
    }

    fn begin(&mut self, job: Job) {
        let Some(kind) = self.kinds.iter_mut().find(|kind| kind.name == job.kind) else { return };
        kind.running += 1;
        let waited = time::OffsetDateTime::now_utc() - job.queued_at;
        metrics::histogram!("queue_job_wait_seconds", "kind" => job.kind.clone())
            .record(waited.as_seconds_f64().max(0.0));
        self.shared.running().insert(job.id, job.cancelled.clone());
        let task = self.tasks.spawn(attempt(kind.handler.clone(), job.clone()));
        self.owners.insert(task.id(), job);
    }

    /// Takes note of a task that has ended. Its slot is free from now on; the round writes it down.
    fn ended(&mut self, ended: Result<(tokio::task::Id, Ended), tokio::task::JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some(job) = self.owners.remove(&id) else { return };
        self.shared.running().remove(&job.id);
        if let Some(kind) = self.kinds.iter_mut().find(|kind| kind.name == job.kind) {
            kind.running -= 1;
        }
        // A handler's panic is caught within the task: only an abort ends it otherwise, and that is our own doing.
        let Ok((_, ended)) = ended else { return };
        match &ended.result {
            Ok(Done::Already) => count(&ended, job.ended.get().copied().unwrap_or("completed")),
            Ok(Done::Result(result)) => {
                let completion = Completion { id: job.id, worker: job.worker, result: result.clone() };
                self.completions.push((completion, ended));
            }
            Err(_) => self.failures.push(ended),
        }
    }

    async fn stop(mut self, grace: Duration, mut worker: watch::Receiver<Option<i32>>) {
        self.stopping = true;
        let end = Instant::now() + grace;
        while !self.tasks.is_empty() {
            tokio::select! {
                () = sleep_until(end) => break,
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended),
            }
            self.last_round(&mut worker).await;
        }
        self.last_round(&mut worker).await;
        self.shared.running().values().for_each(CancellationToken::cancel);
        let mut back = self.last_words().await;
        self.last_round(&mut worker).await;
        back.extend(self.owners.values().map(|job| (job.id, job.worker)));
        self.tasks.shutdown().await;
        if let Err(error) = self.hand_back(&back).await {
            tracing::warn!(%error, jobs = back.len(), "unfinished jobs could not be handed back; they are taken up when the lease ends");
        }
    }

    /// Lets handlers end after they were told to stop. One that fails now fails because it was told: it is handed back.
    async fn last_words(&mut self) -> Vec<(JobId, i32)> {
        let mut back = Vec::new();
        let end = Instant::now() + LAST_WORDS;
        while !self.tasks.is_empty() {
            tokio::select! {
                () = sleep_until(end) => break,
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended),
            }
        }
        back.extend(self.failures.drain(..).map(|ended| (ended.job.id, ended.job.worker)));
        back
    }

    /// A round that does not fail the stop; tried twice, because the connection may have died unnoticed.
    async fn last_round(&mut self, worker: &mut watch::Receiver<Option<i32>>) {
        for _ in 0..2 {
            let me = *worker.borrow_and_update();
            let Err(error) = self.round(me).await else { return };
            tracing::warn!(%error, "a last round over the job table failed");
            self.conn = None;
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn hand_back(&mut self, jobs: &[(JobId, i32)]) -> Result<(), Error> {
        let Some(conn) = &mut self.conn else { return Ok(()) };
        let mut handed = 0;
        for (id, worker) in jobs {
            handed += u32::from(finish::hand_back(conn, *id, *worker).await?);
        }
        if handed > 0 {
            tracing::info!(jobs = handed, "handed back unfinished jobs");
            // Here and not through `wake`, whose task would outlive the runner.
            sqlx::query("select pg_notify($1, '')").bind(crate::queue::CHANNEL).execute(conn).await?;
        }
        Ok(())
    }
}

impl Kind {
    /// Its name and how many more it takes, if any.
    fn free(&self) -> Option<(String, i32)> {
        let places = self.slots.saturating_sub(self.running);
        (places > 0).then(|| (self.name.clone(), i32::try_from(places).unwrap_or(i32::MAX)))
    }
}

async fn write_failure(shared: &Shared, conn: &mut PgConnection, ended: &Ended) -> Result<(), Error> {
    let Err(failure) = &ended.result else { return Ok(()) };
    let job = &ended.job;
    let (code, error, again) = match failure {
        Failure::Retry { error, after } => ("retry", error, Some(after.unwrap_or_else(|| backoff::after(job.attempt)))),
        Failure::Final { code, error } => (code.as_str(), error, None),
    };
    let after = finish::fail(conn, job.id, job.worker, code, error, again).await?;
    let outcome = match after {
        AfterFailure::Waiting => "retried",
        AfterFailure::Failed => "failed",
        AfterFailure::Cancelled => "cancelled",
        AfterFailure::Lost => "lost",
    };
    tracing::info!(
        job.id = job.id.0,
        job.kind = job.kind,
        job.attempt = job.attempt,
        code,
        error,
        outcome,
        "an attempt failed"
    );
    count(ended, outcome);
    if after == AfterFailure::Waiting {
        shared.waits.notify_one();
    }
    Ok(())
}

fn count(ended: &Ended, outcome: &'static str) {
    let kind = ended.job.kind.clone();
    metrics::histogram!("queue_job_duration_seconds", "kind" => kind.clone()).record(ended.took.as_secs_f64());
    metrics::counter!("queue_jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
}
