//! Writes down who reads originals and exports, behind their backs: nobody waits for the database to have noted a download. What is
//! to be written waits in a bounded line, goes out in batches, and is flushed when the service stops.

use db::audit::{Actor, NewEntry, Target};
use db::library::File;
use model::AuditKind;
use service::Database;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};

/// Entries that may wait. Each has a few hundred bytes.
const WAITING: usize = 4096;
/// Entries of one statement.
const BATCH: usize = 256;
/// A file that is read in pieces, or looked at again and again, is one entry in so long.
const SAME: Duration = Duration::from_secs(600);
/// Files that are remembered for that.
const REMEMBERED: usize = 10_000;
/// Pause before the same is tried again, after the database was away.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the service waits for what is left, at its end.
const FLUSH: Duration = Duration::from_secs(5);

/// Where downloads are noted. Cheap to clone; a clone is the same.
#[derive(Clone)]
pub struct DownloadLog {
    line: mpsc::Sender<Message>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    seed: RandomState,
    /// When something was noted last.
    noted: Mutex<HashMap<u64, Instant>>,
    /// How many found no room since the last batch.
    dropped: AtomicU64,
}

enum Message {
    Entry(Box<NewEntry>),
    /// Everything before this is written.
    Flush(oneshot::Sender<()>),
}

impl DownloadLog {
    /// One that writes into that database as long as a clone of it is there.
    pub fn start(database: Database) -> Self {
        let (line, waiting) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared::default());
        tokio::spawn(write(database, waiting, shared.clone()));
        Self { line, shared }
    }

    /// Notes that somebody is given a file, or it in another form, if they are.
    pub fn note(&self, actor: &Actor, kind: AuditKind, file: &File, form: &str, is_given: bool) {
        if !is_given {
            return;
        }
        let entry = actor.did(kind).to(Target::file(file.id, &file.name)).in_drive(file.drive_id);
        let entry = if form.is_empty() { entry } else { entry.detail(form) };
        self.add(entry.at(OffsetDateTime::now_utc()));
    }

    fn add(&self, entry: NewEntry) {
        let same = self.shared.seed.hash_one(entry.sameness());
        if !self.shared.is_new(same) {
            return;
        }
        let kind = entry.kind();
        if self.line.try_send(Message::Entry(Box::new(entry))).is_err() {
            // The next of it finds room, perhaps.
            self.shared.forget(same);
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("audit_entries_dropped_total", "kind" => kind.as_str()).increment(1);
        }
    }

    /// Waits until everything that was noted is written, though not for ever.
    pub async fn flush(&self) {
        let (done, is_done) = oneshot::channel();
        let flushed = async { self.line.send(Message::Flush(done)).await.is_ok() && is_done.await.is_ok() };
        if !tokio::time::timeout(FLUSH, flushed).await.unwrap_or(false) {
            tracing::error!("the last downloads could not be written into the audit log");
        }
    }
}

impl Shared {
    /// True when it was not noted lately; from now on it was.
    fn is_new(&self, same: u64) -> bool {
        let now = Instant::now();
        let is_recent = |at: &Instant| now.duration_since(*at) < SAME;
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&same).is_some_and(is_recent) {
            return false;
        }
        if noted.len() >= REMEMBERED {
            noted.retain(|_, at| is_recent(at));
        }
        // Still too many: what is forgotten is noted once more, and nothing is left out.
        if noted.len() >= REMEMBERED {
            noted.clear();
        }
        noted.insert(same, now);
        true
    }

    fn forget(&self, same: u64) {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).remove(&same);
    }
}

/// Writes what comes, until nobody is left who could send something.
async fn write(database: Database, mut waiting: mpsc::Receiver<Message>, shared: Arc<Shared>) {
    let mut messages = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut messages, BATCH).await > 0 {
        let (mut entries, mut flushed) = (Vec::new(), Vec::new());
        for message in messages.drain(..) {
            match message {
                Message::Entry(entry) => entries.push(*entry),
                Message::Flush(done) => flushed.push(done),
            }
        }
        insert(&database, &entries).await;
        let dropped = shared.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            tracing::error!(dropped, "downloads came faster than the audit log could be written; some are not in it");
        }
        for done in flushed {
            // Nobody listens any more when the time was over.
            let _ = done.send(());
        }
    }
}

/// Writes a batch, however long the database is away. One that it refuses is given up, and not all that come behind.
async fn insert(database: &Database, entries: &[NewEntry]) {
    if entries.is_empty() {
        return;
    }
    while let Err(error) = try_insert(database, entries).await {
        if !db::is_away(&error) {
            tracing::error!(%error, entries = entries.len(), "downloads could not be written into the audit log");
            for entry in entries {
                metrics::counter!("audit_entries_dropped_total", "kind" => entry.kind().as_str()).increment(1);
            }
            return;
        }
        tracing::warn!(%error, "the audit log waits for the database");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_insert(database: &Database, entries: &[NewEntry]) -> Result<(), sqlx::Error> {
    db::audit::insert(&mut *database.acquire().await?, entries).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;
    use uuid::Uuid;

    fn download(file: u128) -> NewEntry {
        Actor::default().did(AuditKind::FileDownloaded).to(Target::file(Uuid::from_u128(file), "a.txt"))
    }

    async fn written(pool: &PgPool) -> usize {
        let mut conn = pool.acquire().await.unwrap();
        db::audit::list(&mut conn, &Default::default(), None, 10_000).await.unwrap().len()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn downloads_are_written_by_the_flush_and_each_file_once(pool: PgPool) {
        let log = DownloadLog::start(pool.clone());
        for file in (0..600).chain(0..600) {
            log.add(download(file));
        }
        log.flush().await;
        assert_eq!(written(&pool).await, 600);
    }

    /// With a database that does not answer, what finds no room is counted and what found some is written later.
    #[sqlx::test(migrations = "../../migrations")]
    async fn a_line_that_is_full_counts_what_it_drops(pool: PgPool) {
        let (line, waiting) = mpsc::channel(2);
        let log = DownloadLog { line, shared: Arc::default() };
        for file in [1, 2, 3, 3] {
            log.add(download(file));
        }
        assert_eq!(log.shared.dropped.load(Ordering::Relaxed), 2, "it is not taken for noted");
        tokio::spawn(write(pool.clone(), waiting, log.shared.clone()));
        log.flush().await;
        log.add(download(3));
        log.flush().await;
        assert_eq!((written(&pool).await, log.shared.dropped.load(Ordering::Relaxed)), (3, 0));
    }

    #[test]
    fn a_flood_of_files_does_not_grow_the_memory() {
        let shared = Shared::default();
        for same in 0..3 * REMEMBERED as u64 {
            assert!(shared.is_new(same) && !shared.is_new(same));
        }
        assert!(shared.noted.lock().unwrap().len() <= REMEMBERED);
    }
}
