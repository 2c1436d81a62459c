//! Saying that there is something to do or to know: wakes for runners, ends of jobs for those who wait for them. Within the process
//! at once, to other processes by NOTIFY. Nothing depends on a notification: whoever listens also looks by itself now and then.

use crate::waiters::Waiters;
use crate::{Error, JobId};
use sqlx::{PgConnection, PgPool, Row};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The Postgres channel of the runners. A number: there may be work in that segment. `*`: look everywhere. [`CANCEL`]: some
/// running job is to stop.
pub(crate) const CHANNEL: &str = "queue";

/// The Postgres channel of those who wait for jobs: the numbers of jobs that are over, with commas between them. `*`: too many to
/// name.
pub(crate) const FINISHED_CHANNEL: &str = "queue_finished";

/// On [`CHANNEL`]: some running job is to stop.
pub(crate) const CANCEL: &str = "cancel";

/// What stands on a channel instead of a list of segments or jobs.
pub(crate) const EVERYTHING: &str = "*";

/// Longest payload we send; Postgres takes less than 8000 bytes.
const MAX_PAYLOAD_BYTES: usize = 7000;

/// Shortest time between two notifications of one process. NOTIFY takes a lock of the whole server until its commit, so
/// one in every enqueue would bring 20 connections from 7,600 enqueues a second to 400.
const DEBOUNCE: Duration = Duration::from_millis(5);

/// Admits parked jobs and tells all runners where jobs go. Nothing is lost with this commit that the next poll would not make
/// good, so it need not wait for the disk.
const NOTIFY: &str = "
    select set_config('synchronous_commit', 'off', true),
           case when exists (select from queue.parked) then (select jobs from queue.admit()) end as admitted,
           pg_notify($1, (select last_value::text from queue.current_segment))";

/// Tells those who wait for jobs which ones are over.
const NOTIFY_FINISHED: &str = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";

/// Tells all runners that jobs have come back to positions their cursors have passed.
pub(crate) async fn notify_everywhere(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(EVERYTHING).execute(conn).await?;
    Ok(())
}

/// How a process says that there is work and that jobs are over.
#[derive(Debug)]
pub(crate) struct Notifier {
    pool: PgPool,
    wake_signal: WakeSignal,
    wake_debounce: Debounce,
    waiters: Waiters,
    finished: Mutex<Vec<JobId>>,
    finished_debounce: Debounce,
}

/// What runners of this process hear without a round trip to the database.
#[derive(Debug)]
pub(crate) struct WakeSignal {
    count: watch::Sender<u64>,
    /// The segment last heard of; -1 when none was named yet.
    segment: AtomicI32,
    everywhere: AtomicBool,
}

/// What a runner has heard since it last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WakeHint {
    /// Nothing new.
    Nothing,
    /// Jobs were enqueued; which segment is current, if that was said.
    Enqueued(Option<usize>),
    /// Jobs may be anywhere.
    Everywhere,
}

impl WakeSignal {
    fn new() -> Self {
        Self { count: watch::Sender::new(0), segment: AtomicI32::new(-1), everywhere: AtomicBool::new(false) }
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// Takes a notification from [`CHANNEL`]: a segment, or everything.
    pub fn receive(&self, payload: &str) {
        match payload.parse() {
            Ok(segment) => self.segment.store(segment, Ordering::Release),
            Err(_) => self.everywhere.store(true, Ordering::Release),
        }
        self.signal();
    }

    /// What is new since `seen`, which moves on.
    pub fn take(&self, seen: &mut u64) -> WakeHint {
        // `signal` counts after the hint was stored, so the count is read first.
        let count = *self.count.borrow();
        let is_new = std::mem::replace(seen, count) != count;
        if self.everywhere.swap(false, Ordering::AcqRel) {
            return WakeHint::Everywhere;
        }
        if !is_new {
            return WakeHint::Nothing;
        }
        WakeHint::Enqueued(usize::try_from(self.segment.load(Ordering::Acquire)).ok())
    }

    fn signal(&self) {
        self.count.send_modify(|wakes| *wakes += 1);
    }
}

impl Notifier {
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            wake_signal: WakeSignal::new(),
            wake_debounce: Debounce::default(),
            waiters: Waiters::default(),
            finished: Mutex::default(),
            finished_debounce: Debounce::default(),
        }
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub fn wake_signal(&self) -> &WakeSignal {
        &self.wake_signal
    }

    pub fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// See [`Queue::wake`](crate::Queue::wake).
    pub fn wake(self: &Arc<Self>) {
        self.wake_signal.signal();
        if !self.wake_debounce.schedule() {
            return;
        }
        let notifier = self.clone();
        tokio::spawn(async move {
            notifier.wake_debounce.begin().await;
            if let Err(error) = notifier.notify().await {
                tracing::debug!(%error, "a queue notification was not sent");
            }
        });
    }

    /// Admits parked jobs and wakes the runners of all processes.
    pub async fn notify(&self) -> Result<(), Error> {
        let row = sqlx::query(NOTIFY).bind(CHANNEL).fetch_one(&self.pool).await?;
        if matches!(row.try_get("admitted")?, Some(1i64..)) {
            self.wake_signal.signal();
        }
        Ok(())
    }

    /// Wakes those who wait for these jobs, which are over and committed: those of this process at once, those of others soon.
    pub fn finished(self: &Arc<Self>, ids: &[JobId]) {
        self.waiters.wake(ids);
        self.lock_finished().extend(ids);
        if !self.finished_debounce.schedule() {
            return;
        }
        let notifier = self.clone();
        tokio::spawn(async move {
            notifier.finished_debounce.begin().await;
            let ids = std::mem::take(&mut *notifier.lock_finished());
            let sent = sqlx::query(NOTIFY_FINISHED).bind(FINISHED_CHANNEL).bind(finished_payload(&ids));
            if let Err(error) = sent.execute(&notifier.pool).await {
                tracing::debug!(%error, "those who wait for jobs were not told of their ends");
            }
        });
    }

    /// Takes a notification from [`FINISHED_CHANNEL`].
    pub fn receive_finished(&self, payload: &str) {
        match payload.split(',').map(str::parse).collect::<Result<Vec<JobId>, _>>() {
            Ok(ids) => self.waiters.wake(&ids),
            Err(_) => self.waiters.wake_all(),
        }
    }

    fn lock_finished(&self) -> std::sync::MutexGuard<'_, Vec<JobId>> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn finished_payload(ids: &[JobId]) -> String {
    let mut payload = String::new();
    for id in ids {
        if payload.len() > MAX_PAYLOAD_BYTES {
            return EVERYTHING.to_owned();
        }
        if !payload.is_empty() {
            payload.push(',');
        }
        payload.push_str(&id.to_string());
    }
    payload
}

/// Many wishes for one act become one act, and two acts stand [`DEBOUNCE`] apart.
#[derive(Debug, Default)]
struct Debounce {
    is_scheduled: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl Debounce {
    /// True for the caller that has to act; what the others wish for is part of that act.
    fn schedule(&self) -> bool {
        !self.is_scheduled.swap(true, Ordering::AcqRel)
    }

    /// Waits until it is time to act. Wishes from here on ask for another act: this one may be too early for what they are about.
    async fn begin(&self) {
        let last = *self.lock();
        if let Some(last) = last {
            tokio::time::sleep_until(last + DEBOUNCE).await;
        }
        *self.lock() = Some(Instant::now());
        self.is_scheduled.store(false, Ordering::Release);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_named_while_they_fit_into_a_notification() {
        assert_eq!(finished_payload(&[JobId(1), JobId(23)]), "1,23");
        let many: Vec<JobId> = (0..400).map(|n| JobId(i64::MAX - n)).collect();
        assert_eq!(finished_payload(&many), "*");
        assert!(finished_payload(&many[..350]).len() < 8000);
    }
}
