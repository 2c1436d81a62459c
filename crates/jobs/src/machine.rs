//! Faults of the machine: a full disk, a store that is away, no process to be had, no database. They are nobody's file's fault,
//! so the job waits and no attempt of its is counted. Each kind of fault is told from what a file alone can do to itself: a store
//! that is said to be ill is looked at, with nothing of the file's in the way.

use queue::{Done, Job};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::Store;
use time::OffsetDateTime;
use tokio::time::Instant;

/// The shortest pause after a fault, and the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);
/// Faults in a row that are worth a person's look.
const SOME: u32 = 3;
/// Jobs that wait come back within the longest pause. When none has told of a fault for so long, there is none any more.
const FORGOTTEN: Duration = LONGEST.saturating_mul(2);
/// From this age on a job's attempts count whatever they met, so that each ends.
const PATIENCE: time::Duration = time::Duration::days(7);

/// What of the machine failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is stopped, starts, is full, or has no connection left.
    Database,
    /// No child can be started.
    Processes,
    /// What was to be read or written could not be, which may be one file's own trouble.
    Store,
}

/// No confined child could be started; it never saw the file.
#[derive(Debug, thiserror::Error)]
#[error("no reader can be started: {0}")]
pub(crate) struct NotStarted(pub(crate) String);

/// How the machine is, as this process's jobs find it. Cheap to clone: all clones are one.
#[derive(Debug, Clone)]
pub struct Machine {
    /// None in a program that has no store.
    store: Option<Store>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Faults since a job was last done.
    faults: u32,
    /// When the first of them was, and the newest.
    first: Option<Instant>,
    newest: Option<Instant>,
    /// Until when no job is begun. Then whoever comes first looks whether the machine is well again.
    held_until: Option<Instant>,
    sentence: String,
}

impl Machine {
    /// A machine that is well until told otherwise.
    pub fn new(store: Option<Store>) -> Self {
        Self { store, state: Arc::default() }
    }

    /// What is wrong, in a sentence, once some jobs in a row were put off for it.
    pub fn complaint(&self) -> Option<String> {
        let state = self.state();
        let is_new = state.newest.is_some_and(|newest| newest.elapsed() < FORGOTTEN);
        (state.faults >= SOME && is_new).then(|| format!("Files wait and none is lost: {}.", state.sentence))
    }

    /// How long a job is to wait before it is begun; nothing when the machine is well. So a job that would fail is not begun, says
    /// nothing to anybody, and the machine is not asked by thousands what one can find out.
    pub(crate) async fn hold_back(&self, job: &Job) -> Option<Duration> {
        let now = Instant::now();
        {
            let mut state = self.state();
            match state.held_until {
                None => return None,
                Some(until) if until > now => return Some(spread(until - now, job)),
                // The others wait meanwhile.
                Some(_) => state.held_until = Some(now + state.pause()),
            }
        }
        match self.look().await {
            Ok(()) => {
                self.state().held_until = None;
                None
            }
            Err(error) => Some(spread(self.state().note(error.to_string(), true), job)),
        }
    }

    /// What becomes of a job that met this fault.
    pub(crate) async fn put_off(&self, job: &Job, fault: Fault, error: String) -> Result<Done, queue::Failure> {
        let age = OffsetDateTime::now_utc() - job.created_at;
        // Said in words of ours: whoever asks how the service is reads them.
        let found = match fault {
            Fault::Database => Some("the database does not answer".to_owned()),
            Fault::Processes => Some("no reader can be started".to_owned()),
            Fault::Store => self.look().await.err().map(|error| error.to_string()),
        };
        let Some(found) = found.filter(|_| age < PATIENCE) else {
            return Err(queue::Failure::Retry { error, after: None });
        };
        // Without its database no job is begun at all.
        let pause = spread(self.state().note(found, fault != Fault::Database), job);
        tracing::warn!(job.id = job.id.0, job.kind = &*job.kind, error, ?pause, "a job waits for the machine");
        Ok(Done::Snooze(pause))
    }

    /// A job was done, so all is well.
    pub(crate) fn is_well(&self) {
        let mut state = self.state();
        if state.faults > 0 {
            tracing::info!(faults = state.faults, "the machine does its work again");
            *state = State::default();
        }
    }

    /// Whether the store does what every job needs of it.
    pub(crate) async fn look(&self) -> Result<(), storage::Error> {
        match &self.store {
            Some(store) => store.probe().await,
            None => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Says how long to wait.
    fn note(&mut self, sentence: String, holds: bool) -> Duration {
        let now = Instant::now();
        self.faults = self.faults.saturating_add(1);
        self.first.get_or_insert(now);
        self.newest = Some(now);
        self.sentence = sentence;
        let pause = self.pause();
        if holds {
            self.held_until = Some(now + pause);
        }
        pause
    }

    fn pause(&self) -> Duration {
        pause_after(self.first.map(|first| first.elapsed()).unwrap_or_default())
    }
}

/// Half as long again as it has gone on already.
fn pause_after(gone_on: Duration) -> Duration {
    (gone_on / 2).clamp(FIRST, LONGEST)
}

/// Up to a quarter longer, so that jobs do not come back at one moment.
fn spread(pause: Duration, job: &Job) -> Duration {
    pause + pause.mul_f64((job.id.0.unsigned_abs() % 64) as f64 / 256.0)
}

impl Fault {
    /// Which part of the machine an error is about; none when it is about the file.
    pub(crate) fn of(error: &anyhow::Error) -> Option<Self> {
        error.chain().find_map(|cause| {
            if cause.is::<NotStarted>() {
                return Some(Self::Processes);
            }
            if let Some(error) = cause.downcast_ref::<sqlx::Error>() {
                return db::is_away(error).then_some(Self::Database);
            }
            if let Some(error) = cause.downcast_ref::<storage::Error>() {
                use storage::Error::{Away, Io, NoSpace};
                return matches!(error, Away | Io(_) | NoSpace).then_some(Self::Store);
            }
            cause.is::<std::io::Error>().then_some(Self::Store)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn m18_what_the_machine_failed_at_is_told_from_what_a_file_is_to_blame_for() {
        let of = |error: anyhow::Error| Fault::of(&error.context("reading a file"));
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(of(storage::Error::NoSpace.into()), Some(Fault::Store));
        assert_eq!(of(storage::Error::Away.into()), Some(Fault::Store));
        assert_eq!(of(storage::Error::from(io::Error::from_raw_os_error(5)).into()), Some(Fault::Store));
        assert_eq!(of(full().into()), Some(Fault::Store));
        assert_eq!(of(sqlx::Error::PoolTimedOut.into()), Some(Fault::Database));
        assert_eq!(of(queue::Error::Database(sqlx::Error::Io(full())).into()), Some(Fault::Database));
        assert_eq!(of(NotStarted("Resource temporarily unavailable".into()).into()), Some(Fault::Processes));
        assert_eq!(of(storage::Error::NotFound.into()), None);
        assert_eq!(of(sqlx::Error::RowNotFound.into()), None);
        assert_eq!(of(anyhow::anyhow!("the reader made 2 pictures")), None);
    }

    #[test]
    fn m18_pauses_grow_with_what_they_are_for_and_are_bounded() {
        let pauses = [0, 5, 20, 60, 600, 7 * 86_400].map(|seconds| pause_after(Duration::from_secs(seconds)).as_secs());
        assert_eq!(pauses, [5, 5, 10, 30, 300, 300]);
    }
}
