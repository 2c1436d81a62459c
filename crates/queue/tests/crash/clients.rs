//! Clients: they put jobs in, alone and in batches, and write down what they were told. What ended in an error is not written
//! down: such a job may exist, and if it does it has to end like the others.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::cluster::Cluster;
use crate::logs::{Acknowledged, Log, now, read_begun};
use crate::verifier::Evidence;
use crate::worker::{EFFECT, RESULT, SLOTS, Task};
use queue::{Enqueued, JobId, Limit, NewJob, Queue};
use rand::RngExt as _;
use rand::rngs::SmallRng;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Longer than leases, backoffs and a busy machine take together.
const PATIENCE: Duration = Duration::from_secs(60);

/// Running clients.
pub struct Clients {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    refused: Arc<AtomicU64>,
}

struct Client {
    queue: Queue,
    log: Arc<Log>,
    stop: CancellationToken,
    refused: Arc<AtomicU64>,
    rng: SmallRng,
}

impl Clients {
    /// Five that put in one job after another, two that put in batches.
    pub fn start(cluster: &Cluster, rng: &mut SmallRng) -> Self {
        let (stop, refused) = (CancellationToken::new(), Arc::default());
        let (queue, log) = (Queue::new(cluster.pool(8)), Arc::new(Log::acknowledged(cluster.folder())));
        let mut tasks = JoinSet::new();
        for number in 0..7 {
            let (queue, log, stop, refused) = (queue.clone(), log.clone(), stop.clone(), Arc::clone(&refused));
            let client = Client { queue, log, stop, refused, rng: rand::SeedableRng::from_rng(rng) };
            if number < 5 {
                tasks.spawn(client.singles());
            } else {
                tasks.spawn(client.batches());
            }
        }
        Self { tasks, stop, refused }
    }

    /// Stops them; answers with how many calls ended in an error.
    pub async fn stop(self) -> u64 {
        self.stop.cancel();
        self.tasks.join_all().await;
        self.refused.load(Ordering::Relaxed)
    }
}

impl Client {
    async fn singles(mut self) {
        while !self.stop.is_cancelled() {
            let job = random_job(&mut self.rng);
            match self.queue.enqueue(job.clone()).await {
                Ok(enqueued) => acknowledge(&self.log, &job, enqueued),
                Err(_) => _ = self.refused.fetch_add(1, Ordering::Relaxed),
            }
            let pause = self.rng.random_range(2..20);
            sleep(Duration::from_millis(pause)).await;
        }
    }

    async fn batches(mut self) {
        while !self.stop.is_cancelled() {
            let jobs: Vec<NewJob> = (0..self.rng.random_range(2..20)).map(|_| random_job(&mut self.rng)).collect();
            match self.batch(&jobs).await {
                Ok(enqueued) => {
                    jobs.iter().zip(enqueued).for_each(|(job, enqueued)| acknowledge(&self.log, job, enqueued))
                }
                Err(_) => _ = self.refused.fetch_add(1, Ordering::Relaxed),
            }
            let pause = self.rng.random_range(50..300);
            sleep(Duration::from_millis(pause)).await;
        }
    }

    /// As a service does: on its own transaction.
    async fn batch(&self, jobs: &[NewJob]) -> Result<Vec<Enqueued>, queue::Error> {
        let mut tx = self.queue.pool().begin().await?;
        let enqueued = queue::enqueue_many(&mut tx, jobs).await?;
        tx.commit().await?;
        self.queue.wake();
        Ok(enqueued)
    }
}

/// Puts jobs in as one batch that has to succeed, and writes down that it did.
pub async fn put(cluster: &Cluster, jobs: &[NewJob]) -> Vec<JobId> {
    let queue = Queue::new(cluster.pool(1));
    let mut tx = queue.pool().begin().await.unwrap();
    let enqueued = queue::enqueue_many(&mut tx, jobs).await.unwrap();
    tx.commit().await.unwrap();
    queue.wake();
    let log = Log::acknowledged(cluster.folder());
    jobs.iter().zip(&enqueued).for_each(|(job, enqueued)| acknowledge(&log, job, *enqueued));
    enqueued.iter().map(|enqueued| enqueued.id).collect()
}

/// A job of either kind. It survives more crashes than there are.
pub fn job(kind: &str, task: &Task) -> NewJob {
    NewJob::new(kind, serde_json::to_value(task).unwrap()).max_attempts(50)
}

fn acknowledge(log: &Log, job: &NewJob, enqueued: Enqueued) {
    let status = if job.payload["doomed"] == true { "failed" } else { "completed" };
    log.write(&Acknowledged { id: enqueued.id, kind: job.kind.clone(), status: status.into() });
}

/// Mostly short jobs, some long; some fail once; some have keys, limits, delays and priorities.
fn random_job(rng: &mut SmallRng) -> NewJob {
    let kind = if rng.random() { EFFECT } else { RESULT };
    let mut task =
        Task { sleep_ms: rng.random_range(0..40), fails: i16::from(rng.random_ratio(1, 10)), ..Task::default() };
    let choice = rng.random_range(0..20);
    if choice < 8 {
        task.doomed = rng.random_ratio(1, 20);
        task.sleep_ms += if rng.random_ratio(1, 10) { rng.random_range(300..1500) } else { 0 };
    }
    let job = job(kind, &task).priority(rng.random_range(0..3));
    let number = rng.random_range(0..4);
    match choice {
        // The kind is part of the key, so that whoever is told of another's job knows what it does.
        8..12 => job.unique(format!("{kind}:{number}")),
        12..15 => job.limit(Limit::concurrency(format!("few:{number}"), 3)),
        15 => job.limit(Limit::rate(format!("slow:{number}"), 100.0, Duration::from_secs(1))),
        16..18 => job.delay(Duration::from_millis(rng.random_range(0..800))),
        _ => job,
    }
}

/// Waits until nothing is left to do; false when that takes too long.
pub async fn drained(cluster: &Cluster) -> bool {
    let end = Instant::now() + PATIENCE;
    let mut evidence = Evidence::default();
    let mut conn = cluster.connect().await.unwrap();
    while Instant::now() < end {
        evidence.read_left(&mut conn).await;
        if evidence.left.values().all(|rows| *rows == 0) {
            return true;
        }
        sleep(Duration::from_millis(100)).await;
    }
    false
}

/// How many slots of so many workers take no jobs: as many are put in as there are slots, and they end only when all have begun.
pub async fn silent_slots(cluster: &Cluster, workers: usize) -> usize {
    let release = cluster.folder().join(format!("release-{}", now()));
    let task = Task { until: Some(release.clone()), ..Task::default() };
    let jobs: Vec<NewJob> = [EFFECT, RESULT].iter().flat_map(|kind| vec![job(kind, &task); workers * SLOTS]).collect();
    let mut silent: HashSet<JobId> = put(cluster, &jobs).await.into_iter().collect();
    let end = Instant::now() + PATIENCE;
    while !silent.is_empty() && Instant::now() < end {
        sleep(Duration::from_millis(50)).await;
        read_begun(cluster.folder()).iter().for_each(|begun| _ = silent.remove(&begun.id));
    }
    std::fs::write(release, "").unwrap();
    silent.len()
}
