//! A worker that is frozen for twice its lease: it holds its connections, its lock and its jobs, and believes in all of them.

use crate::clients::{Clients, drained, job, put};
use crate::cluster::Cluster;
use crate::logs::{Millis, now, read_begun};
use crate::verifier::{Evidence, Loss};
use crate::worker::{EFFECT, RESULT, SLOTS, Task, Worker};
use queue::JobId;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Twice the lease, and a little.
const FREEZE: Duration = Duration::from_secs(41);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_worker_completes_nothing() {
    let cluster = Cluster::new().await;
    let mut frozen = Worker::start(&cluster, "frozen");
    let release = cluster.folder().join("release");
    let task = Task { until: Some(release.clone()), ..Task::default() };
    let jobs: Vec<_> = [EFFECT, RESULT].iter().flat_map(|kind| vec![job(kind, &task); SLOTS / 2]).collect();
    let held = put(&cluster, &jobs).await;
    while !has_begun(&cluster, "frozen", &held) {
        sleep(Duration::from_millis(20)).await;
    }
    let mut other = Worker::start(&cluster, "other");
    // Under load, so that it is frozen in the middle of everything it does.
    let clients = Clients::start(&cluster, &mut SmallRng::seed_from_u64(1));
    sleep(Duration::from_secs(3)).await;
    // What is locked by an end that is written and not committed waits for the thaw: that is the other test's.
    let mut at = frozen.freeze();
    while has_ended_uncommitted(&cluster).await {
        frozen.thaw();
        sleep(Duration::from_millis(20)).await;
        at = frozen.freeze();
    }
    let thaw = Instant::now() + FREEZE;
    clients.stop().await;
    std::fs::write(release, "").expect("the folder is ours");
    assert!(drained(&cluster).await, "what it had is done by the other");
    let before = Evidence::gather(&cluster, vec![Loss { node: "frozen".into(), at }]).await;
    assert_eq!(before.complaints(), Vec::<String>::new());
    for id in &held {
        let end = before.finished.iter().find(|end| end.id == id.0).expect("acknowledged");
        assert_eq!((end.node.as_deref(), end.attempt), (Some("other"), 2));
    }

    sleep(thaw.saturating_duration_since(Instant::now())).await;
    let thawed = now();
    frozen.thaw();
    // When it takes jobs again, under a new lease, what it had in its hands has long ended.
    while !read_begun(cluster.folder()).iter().any(|run| run.node == "frozen" && run.at > thawed) {
        put(&cluster, &[job(RESULT, &task), job(EFFECT, &task)]).await;
        sleep(Duration::from_millis(100)).await;
    }
    assert!(drained(&cluster).await);
    let after = Evidence::gather(&cluster, vec![Loss { node: "frozen".into(), at }]).await;
    assert_eq!(after.complaints(), Vec::<String>::new());
    let ends: HashSet<i64> = before.finished.iter().map(|end| end.id).collect();
    let old: Vec<_> = after.finished.iter().filter(|end| ends.contains(&end.id)).cloned().collect();
    assert_eq!(old, before.finished, "what was over stays as it was");
    assert!(frozen.lives() && other.lives());
    killed_with_postgres_long_up(&cluster, frozen).await;
}

/// Nothing makes a kill's jobs wait here but the look for dead workers: Postgres has been up for longer than a lease.
async fn killed_with_postgres_long_up(cluster: &Cluster, worker: Worker) {
    let node = worker.node.clone();
    let release = cluster.folder().join("killed");
    let task = Task { until: Some(release.clone()), ..Task::default() };
    let jobs: Vec<_> = [EFFECT, RESULT].iter().flat_map(|kind| vec![job(kind, &task); 2 * SLOTS]).collect();
    let ids = put(cluster, &jobs).await;
    while !ids.iter().all(|id| read_begun(cluster.folder()).iter().any(|run| run.id == *id)) {
        sleep(Duration::from_millis(20)).await;
    }
    let at = worker.kill();
    std::fs::write(release, "").expect("the folder is ours");
    assert!(drained(cluster).await);
    let evidence = Evidence::gather(cluster, vec![Loss { node, at }]).await;
    assert_eq!(evidence.complaints(), Vec::<String>::new());
    let again: Vec<Millis> =
        evidence.ran_again().into_iter().filter_map(|(.., again)| Some(again?.after_loss)).collect();
    assert_eq!(again.len(), 2 * SLOTS, "half of the jobs were in its hands");
    eprintln!("a killed worker's jobs ran again within {:?} ms of the kill", again.iter().max());
}

/// A job whose end is written and not yet committed is locked: nobody can take it from a worker that is frozen there, and nobody
/// waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_frozen_in_a_transaction_keeps_only_that_job() {
    let cluster = Cluster::new().await;
    let frozen = Worker::start(&cluster, "frozen");
    let release = cluster.folder().join("release");
    let task = Task { until: Some(release.clone()), ..Task::default() };
    let inside = put(&cluster, &[job(EFFECT, &Task { inside: true, ..task.clone() })]).await;
    let rest = put(&cluster, &[job(EFFECT, &task), job(RESULT, &task)]).await;
    while !has_begun(&cluster, "frozen", &[inside.as_slice(), &rest].concat()) || !has_ended_uncommitted(&cluster).await
    {
        sleep(Duration::from_millis(20)).await;
    }
    let loss = Loss { node: "frozen".into(), at: frozen.freeze() };
    let thaw = Instant::now() + FREEZE;
    let _other = Worker::start(&cluster, "other");
    std::fs::write(release, "").expect("the folder is ours");
    sleep(thaw.saturating_duration_since(Instant::now())).await;
    assert!(has_begun(&cluster, "other", &rest), "the rest did not wait");
    frozen.thaw();
    assert!(drained(&cluster).await);
    let evidence = Evidence::gather(&cluster, vec![loss]).await;
    assert_eq!(evidence.complaints(), Vec::<String>::new());
    let ends: Vec<_> = evidence.finished.iter().map(|end| (end.id, end.node.as_deref())).collect();
    assert_eq!(ends, [(inside[0].0, Some("frozen")), (rest[0].0, Some("other")), (rest[1].0, Some("other"))]);
}

/// And stays so: whoever is not frozen commits at once.
async fn has_ended_uncommitted(cluster: &Cluster) -> bool {
    let mut conn = cluster.connect().await.expect("Postgres runs");
    sleep(Duration::from_millis(300)).await;
    let idle = "select exists (select from pg_stat_activity where state = 'idle in transaction' and query like '%over%' \
                and state_change < clock_timestamp() - interval '0.2 s')";
    sqlx::query_scalar(idle).fetch_one(&mut conn).await.expect("Postgres runs")
}

fn has_begun(cluster: &Cluster, node: &str, ids: &[JobId]) -> bool {
    let runs = read_begun(cluster.folder());
    ids.iter().all(|id| runs.iter().any(|run| run.id == *id && run.node == node))
}
