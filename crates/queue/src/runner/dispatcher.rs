//! The dispatcher: starts the jobs that the fetcher claims, hands finished attempts to the completer, and stops in good order.

use super::Shared;
use super::attempt::{FinishedAttempt, attempt};
use super::completer::{Completer, Written};
use super::fetcher::Fetcher;
use super::kind::Kind;
use crate::claim::Claimed;
use crate::{Error, Job, JobId, finish};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinError};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How long handlers may take to stop once the grace period is over.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// Nothing is claimed while so many finished attempts are unwritten: what a crash would run again is bounded.
const MAX_UNWRITTEN: usize = 4000;

/// Finished jobs after which the ring of segments may have to be rotated.
const JOBS_PER_ROTATION: usize = 10_000;

/// The longest pause after an error.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// What a fetch returns.
type Fetched = (Fetcher, Result<Vec<Claimed>, Error>);
/// What a write returns.
type Wrote = (Completer, Vec<Written>, Result<(), Error>);

/// The fetcher or the completer: idle in the dispatcher's hands, or running in a task of its own that returns it. Reading a
/// thousand rows takes a thread as long as starting a thousand jobs, so they are different threads.
enum Task<T, R> {
    Idle(T),
    Running(AbortOnDropHandle<R>),
}

impl<T, R> Task<T, R> {
    /// What the running task returns; never returns while it is idle.
    async fn join(task: &mut Option<Self>) -> Result<R, JoinError> {
        match task {
            Some(Self::Running(handle)) => handle.await,
            _ => std::future::pending().await,
        }
    }
}

/// The runner's main task.
pub(super) struct Dispatcher {
    shared: Arc<Shared>,
    kinds: Vec<Kind>,
    fetcher: Option<Task<Fetcher, Fetched>>,
    completer: Option<Task<Completer, Wrote>>,
    /// Finished while the completer was running.
    finished: Vec<FinishedAttempt>,
    sender: mpsc::UnboundedSender<FinishedAttempt>,
    receiver: mpsc::UnboundedReceiver<FinishedAttempt>,
    /// The jobs that run, the index of their kind, and how to abort their tasks.
    running: HashMap<JobId, (Job, usize, AbortHandle)>,
    /// The next fetch has to look for claims of this worker that the dispatcher does not know of.
    resync: bool,
    /// Something may have changed since the last fetch.
    fetch_due: bool,
    jobs_since_rotation: usize,
    rotated_at: Instant,
    pause: Duration,
    not_before: Instant,
}

impl Dispatcher {
    pub fn new(shared: Arc<Shared>, kinds: Vec<Kind>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let now = Instant::now();
        Self {
            fetcher: Some(Task::Idle(Fetcher::new(shared.clone()))),
            completer: Some(Task::Idle(Completer::new(shared.clone()))),
            shared,
            kinds,
            finished: Vec::new(),
            sender,
            receiver,
            running: HashMap::new(),
            resync: false,
            fetch_due: true,
            jobs_since_rotation: 0,
            rotated_at: now,
            pause: Duration::ZERO,
            not_before: now,
        }
    }

    /// Runs until told to stop, lets running jobs finish for the grace period it is given, then hands back the rest.
    pub async fn run(mut self, stop: oneshot::Receiver<Duration>) {
        let shared = self.shared.clone();
        let mut wakes = shared.queue.notifier().wake_signal().subscribe();
        let mut worker = shared.worker.subscribe();
        let mut stop = std::pin::pin!(stop);
        let grace = loop {
            let me = *worker.borrow_and_update();
            self.begin_fetching(me);
            self.begin_writing();
            let next_fetch = self.next_fetch();
            tokio::select! {
                biased;
                grace = &mut stop => break grace.unwrap_or(Duration::ZERO),
                changed = worker.changed() => { self.resync |= changed.is_ok(); self.fetch_due = true; }
                done = Task::join(&mut self.fetcher) => self.fetched(done),
                done = Task::join(&mut self.completer) => self.written(done),
                Some(attempt) = self.receiver.recv() => self.collect(attempt),
                _ = wakes.changed() => self.fetch_due = true,
                () = sleep_until(next_fetch) => self.fetch_due = true,
            }
        };
        self.stop(grace).await;
    }

    fn free_slots(&self) -> Vec<usize> {
        self.kinds.iter().map(Kind::free).collect()
    }

    fn unwritten(&self) -> usize {
        self.finished.len() + if let Some(Task::Idle(completer)) = &self.completer { completer.len() } else { 0 }
    }

    /// Starts a fetch if there are free slots and a reason to expect jobs.
    fn begin_fetching(&mut self, worker: Option<i32>) {
        let Some(worker) = worker.filter(|_| Instant::now() >= self.not_before) else { return };
        let free = self.free_slots();
        let may_claim = free.iter().any(|&free| free > 0) && self.unwritten() < MAX_UNWRITTEN;
        if !may_claim && !self.resync {
            return;
        }
        // Attempts that are being written are known too, and cannot be listed until the completer is idle.
        if self.resync && !matches!(self.completer, Some(Task::Idle(_))) {
            return;
        }
        let Some(Task::Idle(fetcher)) = &self.fetcher else { return };
        if !(self.fetch_due || self.resync || !fetcher.is_connected() || fetcher.has_more(&free)) {
            return;
        }
        let Some(Task::Idle(mut fetcher)) = self.fetcher.take() else { return };
        if self.fetch_due {
            fetcher.woken();
        }
        self.fetch_due = false;
        let known = std::mem::take(&mut self.resync).then(|| self.known());
        self.fetcher = Some(Task::Running(AbortOnDropHandle::new(tokio::spawn(async move {
            let fetched = fetcher.fetch(worker, &free, known).await;
            (fetcher, fetched)
        }))));
    }

    /// The jobs this worker has: running, finished, or unwritten.
    fn known(&self) -> Vec<i64> {
        let mut known: Vec<i64> = self.running.keys().map(|id| id.0).collect();
        known.extend(self.finished.iter().map(|attempt| attempt.job.id.0));
        if let Some(Task::Idle(completer)) = &self.completer {
            known.extend(completer.iter().map(|attempt| attempt.job.id.0));
        }
        known
    }

    fn begin_writing(&mut self) {
        if Instant::now() < self.not_before {
            return;
        }
        let Some(Task::Idle(completer)) = &mut self.completer else { return };
        completer.add(self.finished.drain(..));
        if completer.is_empty() {
            return;
        }
        let Some(Task::Idle(mut completer)) = self.completer.take() else { return };
        self.completer = Some(Task::Running(AbortOnDropHandle::new(tokio::spawn(async move {
            let (written, result) = completer.write().await;
            (completer, written, result)
        }))));
    }

    fn next_fetch(&self) -> Instant {
        let now = Instant::now();
        if now < self.not_before {
            return self.not_before;
        }
        match &self.fetcher {
            // A fetch that is due and did not begin waits for free slots or for the lease: these wake us, the clock need not.
            Some(Task::Idle(fetcher)) if !self.fetch_due => fetcher.next_fetch().max(now + Duration::from_millis(1)),
            _ => now + MAX_PAUSE,
        }
    }

    fn fetched(&mut self, done: Result<Fetched, JoinError>) {
        // A task that ended without an answer panicked; what it may have claimed is found by the resync.
        let (fetcher, fetched) = done.unwrap_or_else(|_| (Fetcher::new(self.shared.clone()), Err(Error::Interrupted)));
        self.fetcher = Some(Task::Idle(fetcher));
        match fetched {
            Ok(claimed) => {
                self.pause = Duration::ZERO;
                claimed.into_iter().for_each(|claimed| self.start(claimed.job));
            }
            Err(error) => {
                self.resync = true;
                self.failed(&error);
            }
        }
    }

    fn written(&mut self, done: Result<Wrote, JoinError>) {
        // Attempts lost with a task that panicked are written by nobody: the resync gives their jobs back.
        let (completer, written, result) = match done {
            Ok(done) => done,
            Err(_) => {
                self.resync = true;
                (Completer::new(self.shared.clone()), Vec::new(), Err(Error::Interrupted))
            }
        };
        self.completer = Some(Task::Idle(completer));
        self.jobs_since_rotation += written.len();
        if self.jobs_since_rotation >= JOBS_PER_ROTATION && self.rotated_at.elapsed() > Duration::from_millis(500) {
            (self.jobs_since_rotation, self.rotated_at) = (0, Instant::now());
            self.shared.rotation_due.notify_one();
        }
        for Written { attempt, outcome } in written {
            self.kinds[attempt.kind].finished(outcome, attempt.took);
        }
        if let Err(error) = result {
            self.failed(&error);
        }
    }

    fn failed(&mut self, error: &Error) {
        tracing::warn!(%error, node = self.shared.node, "the job table did not answer a worker");
        self.pause = (self.pause * 2).clamp(Duration::from_millis(50), MAX_PAUSE);
        self.not_before = Instant::now() + self.pause;
        self.fetch_due = true;
    }

    fn start(&mut self, job: Job) {
        let Some(index) = self.kinds.iter().position(|kind| *kind.name == *job.kind) else { return };
        self.abort(job.id);
        let kind = &mut self.kinds[index];
        let waited = time::OffsetDateTime::now_utc() - job.queued_at;
        kind.started(waited.try_into().unwrap_or(Duration::ZERO));
        self.shared.running().insert(job.id, job.cancelled.clone());
        let attempt = attempt(kind.handler.clone(), job.clone(), index, job.timeout.or(kind.timeout));
        let sender = self.sender.clone();
        let task = tokio::spawn(async move {
            // The receiver is gone only when the runner was dropped, and then nobody wants to know.
            let _ = sender.send(attempt.await);
        });
        self.running.insert(job.id, (job, index, task.abort_handle()));
    }

    /// Claims do not wait for the disk, so a crash of Postgres can forget one, and then we may claim what we run already. The
    /// attempt of the forgotten claim is aborted, and its slot is free.
    fn abort(&mut self, id: JobId) {
        if let Some((job, index, task)) = self.running.remove(&id) {
            job.cancelled.cancel();
            task.abort();
            self.kinds[index].running -= 1;
        }
    }

    /// Collects a finished attempt, and all others that have come with it. Their slots are free from now on.
    fn collect(&mut self, attempt: FinishedAttempt) {
        let mut next = Some(attempt);
        let shared = self.shared.clone();
        let mut tokens = shared.running();
        while let Some(attempt) = next {
            let is_current = |(job, ..): &(Job, _, _)| Arc::ptr_eq(&job.0, &attempt.job.0);
            if self.running.get(&attempt.job.id).is_some_and(is_current) {
                self.running.remove(&attempt.job.id);
                tokens.remove(&attempt.job.id);
                self.kinds[attempt.kind].running -= 1;
                self.finished.push(attempt);
            }
            next = self.receiver.try_recv().ok();
        }
    }

    async fn stop(mut self, grace: Duration) {
        self.join_tasks().await;
        let end = Instant::now() + grace;
        while !self.running.is_empty() {
            tokio::select! {
                () = sleep_until(end) => break,
                Some(attempt) = self.receiver.recv() => self.collect(attempt),
            }
            self.write().await;
        }
        self.write().await;
        self.shared.running().values().for_each(CancellationToken::cancel);
        let mut unfinished = self.stop_handlers().await;
        self.write().await;
        for (_, (job, _, task)) in self.running.drain() {
            task.abort();
            unfinished.push(job);
        }
        if let Err(error) = self.hand_back(&unfinished).await {
            tracing::warn!(%error, jobs = unfinished.len(), "unfinished jobs could not be handed back; they are taken up when the lease ends");
        }
    }

    /// Waits for the fetcher and the completer. Jobs that a fetch still brings are run like the rest.
    async fn join_tasks(&mut self) {
        if matches!(self.fetcher, Some(Task::Running(_))) {
            let done = Task::join(&mut self.fetcher).await;
            self.fetched(done);
        }
        if matches!(self.completer, Some(Task::Running(_))) {
            let done = Task::join(&mut self.completer).await;
            self.written(done);
        }
    }

    /// Waits a moment for handlers that were told to stop. Those that fail now fail because they were told; their jobs are
    /// returned, to be handed back.
    async fn stop_handlers(&mut self) -> Vec<Job> {
        let end = Instant::now() + STOP_TIMEOUT;
        while !self.running.is_empty() {
            tokio::select! {
                () = sleep_until(end) => break,
                Some(attempt) = self.receiver.recv() => self.collect(attempt),
            }
        }
        let (mut failed, rest): (Vec<_>, Vec<_>) = self.finished.drain(..).partition(|attempt| attempt.result.is_err());
        self.finished = rest;
        if let Some(Task::Idle(completer)) = &mut self.completer {
            failed.extend(completer.take_failures());
        }
        failed.into_iter().map(|attempt| attempt.job).collect()
    }

    /// Writes the finished attempts; tried twice, because the connection may have died unnoticed.
    async fn write(&mut self) {
        for _ in 0..2 {
            self.not_before = Instant::now();
            self.begin_writing();
            self.join_tasks().await;
            if self.unwritten() == 0 {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn hand_back(&mut self, jobs: &[Job]) -> Result<(), Error> {
        if jobs.is_empty() {
            return Ok(());
        }
        let mut conn = self.shared.connect(true).await?;
        let mut handed = 0;
        for job in jobs {
            if finish::hand_back(&mut conn, job).await? {
                handed += 1;
            }
        }
        if handed > 0 {
            tracing::info!(jobs = handed, "handed back unfinished jobs");
            // Here and not through `wake`, whose task would outlive the runner.
            crate::notify::notify_everywhere(&mut conn).await?;
        }
        Ok(())
    }
}
