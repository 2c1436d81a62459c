//! The loop in the middle: starts what was claimed, hands on what has ended, and stops in good order.

use super::Shared;
use super::attempt::{Ended, attempt};
use super::claims::Claims;
use super::ends::{Ends, Written};
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

/// How long handlers may take to stop once the grace is over.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Claims wait while so many ends are not written down: what a crash would run again is bounded.
const MOST_UNWRITTEN: usize = 4000;

/// Ends after which the ring may have to turn.
const ENDS_PER_TURN: usize = 10_000;

/// The longest pause after an error.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a look for jobs brings back.
type Taken = (Claims, Result<Vec<Claimed>, Error>);
/// What writing brings back.
type Wrote = (Ends, Vec<Written>, Result<(), Error>);

/// Something that is either at hand or away in a task that brings it back: reading a thousand rows takes a thread as long as
/// starting a thousand jobs, so they are different threads.
enum Half<T, R> {
    Here(T),
    Away(AbortOnDropHandle<R>),
}

impl<T, R> Half<T, R> {
    /// What it brings when it comes back; never, while it is here.
    async fn back(half: &mut Option<Self>) -> Result<R, JoinError> {
        match half {
            Some(Self::Away(task)) => task.await,
            _ => std::future::pending().await,
        }
    }
}

/// The runner's main task.
pub(super) struct Work {
    shared: Arc<Shared>,
    kinds: Vec<Kind>,
    claims: Option<Half<Claims, Taken>>,
    ends: Option<Half<Ends, Wrote>>,
    /// Ended while others were being written.
    ended: Vec<Ended>,
    sender: mpsc::UnboundedSender<Ended>,
    receiver: mpsc::UnboundedReceiver<Ended>,
    /// The jobs that run, and how to end their tasks.
    owners: HashMap<JobId, (Job, usize, AbortHandle)>,
    /// Look for claims of ours that we do not know of.
    resync: bool,
    /// Something may have changed since the last look.
    look: bool,
    unturned: usize,
    turned: Instant,
    pause: Duration,
    not_before: Instant,
}

impl Work {
    pub fn new(shared: Arc<Shared>, kinds: Vec<Kind>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let now = Instant::now();
        Self {
            claims: Some(Half::Here(Claims::new(shared.clone()))),
            ends: Some(Half::Here(Ends::new(shared.clone()))),
            shared,
            kinds,
            ended: Vec::new(),
            sender,
            receiver,
            owners: HashMap::new(),
            resync: false,
            look: true,
            unturned: 0,
            turned: now,
            pause: Duration::ZERO,
            not_before: now,
        }
    }

    /// Works until told to stop, then for the grace it is given, then hands back.
    pub async fn run(mut self, stop: oneshot::Receiver<Duration>) {
        let shared = self.shared.clone();
        let mut wakes = shared.queue.wakes().subscribe();
        let mut worker = shared.worker.subscribe();
        let mut stop = std::pin::pin!(stop);
        let grace = loop {
            let me = *worker.borrow_and_update();
            self.begin_taking(me);
            self.begin_writing();
            let next_look = self.next_look();
            tokio::select! {
                biased;
                grace = &mut stop => break grace.unwrap_or(Duration::ZERO),
                changed = worker.changed() => { self.resync |= changed.is_ok(); self.look = true; }
                done = Half::back(&mut self.claims) => self.taken(done),
                done = Half::back(&mut self.ends) => self.written(done),
                Some(ended) = self.receiver.recv() => self.note(ended),
                _ = wakes.changed() => self.look = true,
                () = sleep_until(next_look) => self.look = true,
            }
        };
        self.stop(grace).await;
    }

    fn free(&self) -> Vec<usize> {
        self.kinds.iter().map(Kind::free).collect()
    }

    fn unwritten(&self) -> usize {
        self.ended.len() + if let Some(Half::Here(ends)) = &self.ends { ends.len() } else { 0 }
    }

    /// Starts a look for jobs if there is room for any and reason to look.
    fn begin_taking(&mut self, worker: Option<i32>) {
        let Some(worker) = worker.filter(|_| Instant::now() >= self.not_before) else { return };
        let free = self.free();
        let room = free.iter().any(|&free| free > 0) && self.unwritten() < MOST_UNWRITTEN;
        if !room && !self.resync {
            return;
        }
        // What is being written is in hand too, and not here to be named.
        if self.resync && !matches!(self.ends, Some(Half::Here(_))) {
            return;
        }
        let Some(Half::Here(claims)) = &self.claims else { return };
        if !(self.look || self.resync || !claims.is_connected() || claims.has_more(&free)) {
            return;
        }
        let Some(Half::Here(mut claims)) = self.claims.take() else { return };
        if self.look {
            claims.woken();
        }
        self.look = false;
        let known = std::mem::take(&mut self.resync).then(|| self.known());
        self.claims = Some(Half::Away(AbortOnDropHandle::new(tokio::spawn(async move {
            let taken = claims.take(worker, &free, known).await;
            (claims, taken)
        }))));
    }

    /// The jobs in hand: running, ended, or being written.
    fn known(&self) -> Vec<i64> {
        let mut known: Vec<i64> = self.owners.keys().map(|id| id.0).collect();
        known.extend(self.ended.iter().map(|ended| ended.job.id.0));
        if let Some(Half::Here(ends)) = &self.ends {
            known.extend(ends.iter().map(|ended| ended.job.id.0));
        }
        known
    }

    fn begin_writing(&mut self) {
        if Instant::now() < self.not_before {
            return;
        }
        let Some(Half::Here(ends)) = &mut self.ends else { return };
        ends.add(self.ended.drain(..));
        if ends.is_empty() {
            return;
        }
        let Some(Half::Here(mut ends)) = self.ends.take() else { return };
        self.ends = Some(Half::Away(AbortOnDropHandle::new(tokio::spawn(async move {
            let (written, result) = ends.write().await;
            (ends, written, result)
        }))));
    }

    fn next_look(&self) -> Instant {
        let now = Instant::now();
        if now < self.not_before {
            return self.not_before;
        }
        match &self.claims {
            // A look that has reason and did not begin waits for room or for the lease: these wake us, the clock need not.
            Some(Half::Here(claims)) if !self.look => claims.next_look().max(now + Duration::from_millis(1)),
            _ => now + LONGEST_PAUSE,
        }
    }

    fn taken(&mut self, done: Result<Taken, JoinError>) {
        // A task that ended without an answer panicked, and took nothing that a new look would not find.
        let (claims, taken) = done.unwrap_or_else(|_| (Claims::new(self.shared.clone()), Err(Error::Interrupted)));
        self.claims = Some(Half::Here(claims));
        match taken {
            Ok(claimed) => {
                self.pause = Duration::ZERO;
                claimed.into_iter().for_each(|claimed| self.begin(claimed.job));
            }
            Err(error) => {
                self.resync = true;
                self.failed(&error);
            }
        }
    }

    fn written(&mut self, done: Result<Wrote, JoinError>) {
        // Ends that were lost with their task are those of a worker that died with them: the lease must not keep their jobs.
        let (ends, written, result) = match done {
            Ok(done) => done,
            Err(_) => {
                self.resync = true;
                (Ends::new(self.shared.clone()), Vec::new(), Err(Error::Interrupted))
            }
        };
        self.ends = Some(Half::Here(ends));
        self.unturned += written.len();
        if self.unturned >= ENDS_PER_TURN && self.turned.elapsed() > Duration::from_millis(500) {
            (self.unturned, self.turned) = (0, Instant::now());
            self.shared.turns.notify_one();
        }
        for Written { ended, outcome } in written {
            self.kinds[ended.kind].ended(outcome, ended.took);
        }
        if let Err(error) = result {
            self.failed(&error);
        }
    }

    fn failed(&mut self, error: &Error) {
        tracing::warn!(%error, node = self.shared.node, "the job table did not answer a worker");
        self.pause = (self.pause * 2).clamp(Duration::from_millis(50), LONGEST_PAUSE);
        self.not_before = Instant::now() + self.pause;
        self.look = true;
    }

    fn begin(&mut self, job: Job) {
        let Some(number) = self.kinds.iter().position(|kind| *kind.name == *job.kind) else { return };
        self.forget(job.id);
        let kind = &mut self.kinds[number];
        let waited = time::OffsetDateTime::now_utc() - job.queued_at;
        kind.began(waited.try_into().unwrap_or(Duration::ZERO));
        self.shared.running().insert(job.id, job.cancelled.clone());
        let attempt = attempt(kind.handler.clone(), job.clone(), number, job.timeout.or(kind.timeout));
        let sender = self.sender.clone();
        let task = tokio::spawn(async move {
            // The receiver is gone only when the runner was dropped, and then nobody wants to know.
            let _ = sender.send(attempt.await);
        });
        self.owners.insert(job.id, (job, number, task.abort_handle()));
    }

    /// Claims do not wait for the disk, so a crash of Postgres can forget one, and then we may claim what we run already. What
    /// runs for the claim that is not there any more ends here, and its slot is free.
    fn forget(&mut self, id: JobId) {
        if let Some((job, number, task)) = self.owners.remove(&id) {
            job.cancelled.cancel();
            task.abort();
            self.kinds[number].running -= 1;
        }
    }

    /// Takes note of an end, and of all others that have come with it. Their slots are free from now on.
    fn note(&mut self, ended: Ended) {
        let mut next = Some(ended);
        let shared = self.shared.clone();
        let mut running = shared.running();
        while let Some(ended) = next {
            let ours = |(job, ..): &(Job, _, _)| Arc::ptr_eq(&job.0, &ended.job.0);
            if self.owners.get(&ended.job.id).is_some_and(ours) {
                self.owners.remove(&ended.job.id);
                running.remove(&ended.job.id);
                self.kinds[ended.kind].running -= 1;
                self.ended.push(ended);
            }
            next = self.receiver.try_recv().ok();
        }
    }

    async fn stop(mut self, grace: Duration) {
        self.settle().await;
        let end = Instant::now() + grace;
        while !self.owners.is_empty() {
            tokio::select! {
                () = sleep_until(end) => break,
                Some(ended) = self.receiver.recv() => self.note(ended),
            }
            self.write().await;
        }
        self.write().await;
        self.shared.running().values().for_each(CancellationToken::cancel);
        let mut back = self.last_words().await;
        self.write().await;
        for (_, (job, _, task)) in self.owners.drain() {
            task.abort();
            back.push(job);
        }
        if let Err(error) = self.hand_back(&back).await {
            tracing::warn!(%error, jobs = back.len(), "unfinished jobs could not be handed back; they are taken up when the lease ends");
        }
    }

    /// Waits for the halves that are away. What a claim still brings is run like the rest.
    async fn settle(&mut self) {
        if matches!(self.claims, Some(Half::Away(_))) {
            let done = Half::back(&mut self.claims).await;
            self.taken(done);
        }
        if matches!(self.ends, Some(Half::Away(_))) {
            let done = Half::back(&mut self.ends).await;
            self.written(done);
        }
    }

    /// Lets handlers end after they were told to stop. One that fails now fails because it was told: it is handed back.
    async fn last_words(&mut self) -> Vec<Job> {
        let end = Instant::now() + LAST_WORDS;
        while !self.owners.is_empty() {
            tokio::select! {
                () = sleep_until(end) => break,
                Some(ended) = self.receiver.recv() => self.note(ended),
            }
        }
        let (failed, rest): (Vec<Ended>, Vec<Ended>) = self.ended.drain(..).partition(|ended| ended.result.is_err());
        self.ended = rest;
        let mut back: Vec<Job> = failed.into_iter().map(|ended| ended.job).collect();
        if let Some(Half::Here(ends)) = &mut self.ends {
            back.extend(ends.take_failures().into_iter().map(|ended| ended.job));
        }
        back
    }

    /// Writes what has ended; tried twice, because the connection may have died unnoticed.
    async fn write(&mut self) {
        for _ in 0..2 {
            self.not_before = Instant::now();
            self.begin_writing();
            self.settle().await;
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
            crate::queue::look_everywhere(&mut conn).await?;
        }
        Ok(())
    }
}
