//! Workers while Postgres is stopped and started again.

use crate::clients::{drained, job, put, silent_slots};
use crate::cluster::{Cluster, Stop};
use crate::logs::{Begun, read_begun};
use crate::verifier::Evidence;
use crate::worker::{EFFECT, RESULT, SLOTS, Task, Worker};
use queue::{JobId, NewJob};
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_share_the_work_and_outlive_restarts() {
    let mut cluster = Cluster::new().await;
    let mut workers = [Worker::start(&cluster, "one"), Worker::start(&cluster, "two")];
    for (name, how) in [("fast", Stop::Fast), ("immediate", Stop::Immediate)] {
        let release = cluster.folder().join(name);
        let ids = put(&cluster, &jobs(2 * SLOTS, &release)).await;
        let runs = begun(&cluster, &ids).await;
        let nodes: BTreeSet<&str> = runs.iter().map(|run| run.node.as_str()).collect();
        assert_eq!(nodes, BTreeSet::from(["one", "two"]));
        // Claims alone do not wait for the disk. The next commit that does takes them along.
        put(&cluster, &[job(RESULT, &Task::default())]).await;
        let leases = leases(&cluster).await;

        cluster.stop(how);
        cluster.start().await;
        fs::write(release, "").expect("the folder is ours");
        assert!(drained(&cluster).await);
        assert_eq!(silent_slots(&cluster, 2).await, 0);
        assert!(drained(&cluster).await);
        assert_eq!(self::leases(&cluster).await, leases, "a restart ends no lease");
        let runs = read_begun(cluster.folder());
        assert!(
            ids.iter().all(|id| runs.iter().filter(|run| run.id == *id).count() == 1),
            "work under way is not undone"
        );
    }
    assert!(workers.iter_mut().all(Worker::lives));
    assert_eq!(Evidence::gather(&cluster, Vec::new()).await.complaints(), Vec::<String>::new());
}

/// Claims do not wait for the disk, so a crash of Postgres can forget some while their handlers run. The worker then claims
/// jobs that it runs already.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_that_postgres_forgot_cost_no_slots() {
    let mut cluster = Cluster::new().await;
    let mut conn = cluster.connect().await.expect("Postgres runs");
    sqlx::query("alter system set wal_writer_delay = '10s'").execute(&mut conn).await.expect("it is ours");
    cluster.stop(Stop::Fast);
    cluster.start().await;
    let mut worker = Worker::start(&cluster, "only");
    assert_eq!(silent_slots(&cluster, 1).await, 0);
    assert!(drained(&cluster).await);

    let (ids, release) = forgotten_claims(&mut cluster).await;
    let claimed_again = || {
        let runs = read_begun(cluster.folder());
        ids.iter().all(|id| runs.iter().filter(|run| run.id == *id).count() > 1)
    };
    let end = Instant::now() + PATIENCE;
    while !claimed_again() {
        assert!(Instant::now() < end, "what Postgres forgot is claimed again");
        sleep(Duration::from_millis(20)).await;
    }
    fs::write(release, "").expect("the folder is ours");
    assert!(drained(&cluster).await);
    assert_eq!(silent_slots(&cluster, 1).await, 0);
    assert!(drained(&cluster).await);
    assert!(worker.lives());
    assert_eq!(Evidence::gather(&cluster, Vec::new()).await.complaints(), Vec::<String>::new());
}

/// Jobs that run, and that Postgres does not know to run; and the file they wait for.
async fn forgotten_claims(cluster: &mut Cluster) -> (Vec<JobId>, PathBuf) {
    for attempt in 0..20 {
        let release = cluster.folder().join(format!("forgotten-{attempt}"));
        // Half of the slots, so that there is room to claim what runs already.
        let ids = put(cluster, &jobs(SLOTS / 2, &release)).await;
        begun(cluster, &ids).await;
        cluster.stop(Stop::Immediate);
        cluster.start().await;
        // A heartbeat in between takes the claims to the disk with it.
        let kept = "select count(*) from queue.hot where worker <> 0 and started_at < pg_postmaster_start_time()";
        let mut conn = cluster.connect().await.expect("Postgres runs");
        let kept: i64 = sqlx::query_scalar(kept).fetch_one(&mut conn).await.expect("the table is there");
        if kept == 0 {
            return (ids, release);
        }
        fs::write(release, "").expect("the folder is ours");
        assert!(drained(cluster).await);
    }
    panic!("Postgres forgets nothing");
}

/// So many jobs of each kind, all waiting for the file.
fn jobs(each: usize, release: &Path) -> Vec<NewJob> {
    let task = Task { until: Some(release.to_owned()), ..Task::default() };
    [EFFECT, RESULT].iter().flat_map(|kind| vec![job(kind, &task); each]).collect()
}

/// Waits until all of the jobs have begun; answers with their runs.
async fn begun(cluster: &Cluster, ids: &[JobId]) -> Vec<Begun> {
    let end = Instant::now() + PATIENCE;
    let ids: HashSet<JobId> = ids.iter().copied().collect();
    loop {
        let runs: Vec<Begun> = read_begun(cluster.folder()).into_iter().filter(|run| ids.contains(&run.id)).collect();
        let seen: HashSet<JobId> = runs.iter().map(|run| run.id).collect();
        if seen.len() == ids.len() {
            return runs;
        }
        assert!(Instant::now() < end, "{} of {} jobs have begun", seen.len(), ids.len());
        sleep(Duration::from_millis(1)).await;
    }
}

async fn leases(cluster: &Cluster) -> Vec<i32> {
    let mut conn = cluster.connect().await.expect("Postgres runs");
    let ids = sqlx::query_scalar("select id from queue.workers order by id").fetch_all(&mut conn).await;
    ids.expect("the table is there")
}
