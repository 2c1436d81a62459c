//! What a reader says while it works: passed on to whoever looks, at most four times a second and never stored, and written
//! to its job, at most twice a second, for whoever looks later.

use model::{ContentHash, JobKind, Progress};
use queue::Job;
use sqlx::PgPool;
use std::time::{Duration, Instant};

/// Between two messages to those who look at the file.
const PAUSE: Duration = Duration::from_millis(250);
/// Between two notes on the job: each is an update of its row.
const NOTE_PAUSE: Duration = Duration::from_millis(500);

/// A callback for one run. Work that is over sooner than the first pause says nothing at all.
pub(crate) fn reporter(pool: &PgPool, job: &Job, hash: &ContentHash) -> sandbox::ProgressCallback {
    let (pool, job, hash) = (pool.clone(), job.clone(), hash.clone());
    let runtime = tokio::runtime::Handle::current();
    let (mut said, mut noted) = (Throttle::new(PAUSE), Throttle::new(NOTE_PAUSE));
    let is_of_file = JobKind::named(&job.kind).is_some_and(|kind| kind.row().shows_progress);
    // How far one of many contents is says little of the job over them.
    let is_over_one = job.subject.is_some();
    Box::new(move |message| {
        let Some(progress) = parse(message) else { return };
        let (say, note) = (is_of_file && said.is_due(), is_over_one && noted.is_due());
        if !say && !note {
            return;
        }
        let (pool, job, hash) = (pool.clone(), job.clone(), hash.clone());
        runtime.spawn(async move {
            if say && let Err(error) = db::events::notify_progress(&pool, &hash, &progress).await {
                tracing::debug!(%error, "progress was not passed on");
            }
            if note && let Err(error) = note_on(&pool, &job, &progress).await {
                tracing::debug!(%error, "progress was not noted");
            }
        });
    })
}

/// Says at once how far a job is, to whoever looks and on the job itself: for work whose steps take seconds.
pub(crate) async fn say(pool: &PgPool, job: &Job, hash: &ContentHash, progress: &Progress) {
    if let Err(error) = db::events::notify_progress(pool, hash, progress).await {
        tracing::debug!(%error, "progress was not passed on");
    }
    if let Err(error) = note_on(pool, job, progress).await {
        tracing::debug!(%error, "progress was not noted");
    }
}

/// A job that is over by now, or no longer ours, is an error that harms nothing.
async fn note_on(pool: &PgPool, job: &Job, progress: &Progress) -> Result<(), queue::Error> {
    job.progress(&mut *pool.acquire().await?, percent(progress), &progress.stage).await
}

/// Of an unknown number of steps none counts as done.
fn percent(progress: &Progress) -> u8 {
    let percent = u64::from(progress.done) * 100 / u64::from(progress.total.max(1));
    if progress.total == 0 { 0 } else { percent.min(100) as u8 }
}

/// Says yes at most once in each pause, and not in the first.
struct Throttle {
    pause: Duration,
    last: Instant,
}

impl Throttle {
    fn new(pause: Duration) -> Self {
        Self { pause, last: Instant::now() }
    }

    fn is_due(&mut self) -> bool {
        let is_due = self.last.elapsed() >= self.pause;
        if is_due {
            self.last = Instant::now();
        }
        is_due
    }
}

/// A reader's words are not to be trusted: a stage is a short plain word or the message is dropped.
fn parse(message: &[u8]) -> Option<Progress> {
    let progress: Progress = serde_json::from_slice(message).ok()?;
    let plain = progress.stage.len() <= 32 && progress.stage.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    plain.then_some(progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::ingest_file;

    #[test]
    fn only_plain_stages_pass() {
        assert!(parse(br#"{"stage":"page","done":3,"total":9}"#).is_some());
        assert!(parse(br#"{"stage":"<script>","done":3,"total":9}"#).is_none());
        assert!(parse(b"\xff").is_none());
    }

    #[test]
    fn percents_stay_within_bounds() {
        let percent = |done, total| percent(&Progress { stage: "page".into(), done, total });
        assert_eq!((percent(0, 9), percent(3, 9), percent(9, 9)), (0, 33, 100));
        assert_eq!((percent(5, 0), percent(10, 9), percent(u32::MAX, 1)), (0, 100, 100));
    }

    /// A reader that says something all the time, until somebody has seen it on its job.
    #[sqlx::test(migrations = "../../migrations")]
    async fn what_a_reader_says_is_seen_on_its_job(pool: PgPool) {
        let hash = ContentHash::from_digest([1; 32]);
        let queue = queue::Queue::new(pool.clone());
        let new = ingest_file::new_job(&hash, crate::turns::lost_job_limit());
        let id = queue.enqueue(new).await.unwrap().id;
        let (seen, was_seen) = tokio::sync::watch::channel(false);
        let for_handler = pool.clone();
        let handler = move |job: Job| {
            let (pool, mut was_seen) = (for_handler.clone(), was_seen.clone());
            async move {
                let mut report = reporter(&pool, &job, &ContentHash::from_digest([1; 32]));
                let begun = Instant::now();
                while !*was_seen.borrow() {
                    report(br#"{"stage":"page","done":3,"total":9}"#);
                    // Nothing happens sooner than this, however often it is said.
                    let _ = tokio::time::timeout(Duration::from_millis(20), was_seen.changed()).await;
                }
                Ok(queue::Done::Result(serde_json::json!(begun.elapsed() >= NOTE_PAUSE)))
            }
        };
        let runner = queue::Runner::builder(queue).kind("ingest-file", 1, handler).start();
        let find = async || queue::find(&mut pool.acquire().await.unwrap(), id).await.unwrap().unwrap();
        let progress = loop {
            if let Some(progress) = find().await.progress {
                break progress;
            }
        };
        assert_eq!((progress.percent, progress.stage.as_str()), (33, "page"));
        seen.send_replace(true);
        runner.stop(Duration::from_secs(10)).await;
        let job = find().await;
        assert_eq!((job.progress, job.result), (None, Some(serde_json::json!(true))));
    }
}
