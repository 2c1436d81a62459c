//! The verifier can fail: a few jobs are done properly, then one thing after another is made wrong.

use crate::clients::{drained, job, put};
use crate::cluster::Cluster;
use crate::logs::{Acknowledged, Begun, Log};
use crate::verifier::{BOUND_MS, Evidence, Loss};
use crate::worker::{EFFECT, RESULT, Task, Worker};
use queue::JobId;
use sqlx::{AssertSqlSafe, Connection};

/// What is done to the tables, and what has to be said about it.
const TABLES: &[(&str, &str)] = &[
    ("delete from queue.finished where id = (select max(id) from queue.finished)", "acknowledged and is lost"),
    ("insert into queue.finished select * from queue.finished where kind = 'result' limit 1", "has ended 2 times"),
    ("update queue.finished set kind = 'other' where status = 'failed'", "should have failed"),
    ("update queue.finished set status = 'failed' where kind = 'result'", "should have completed"),
    ("insert into effects select * from effects limit 1", "written 2 rows"),
    ("delete from effects", "written 0 rows"),
    ("insert into effects select max(id), 'x' from queue.finished where kind = 'result'", "is not completed"),
    ("insert into queue.keys values ('left', 1)", "queue.keys still has 1 rows"),
    (
        "insert into queue.hot (segment, place, id, priority, max_attempts, kind, payload) values (0, 1, 1, 1, 1, 'x', '{}')",
        "queue.hot still has 1 rows",
    ),
    ("update queue.tallies set jobs = jobs + 1", "tallied"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_verifier_complains() {
    let cluster = Cluster::new().await;
    let _worker = Worker::start(&cluster, "good");
    let doomed = Task { doomed: true, ..Task::default() };
    let good = Task::default();
    put(&cluster, &[job(EFFECT, &good), job(EFFECT, &doomed), job(RESULT, &good), job(RESULT, &good)]).await;
    assert!(drained(&cluster).await);
    let evidence = Evidence::gather(&cluster, Vec::new()).await;
    assert_eq!(evidence.complaints(), Vec::<String>::new());
    assert_eq!((evidence.finished.len(), evidence.begun.len(), evidence.effects.len()), (4, 4, 1));

    let mut conn = cluster.connect().await.unwrap();
    for (statement, complaint) in TABLES {
        let mut tx = conn.begin().await.unwrap();
        assert!(sqlx::query(AssertSqlSafe(*statement)).execute(&mut *tx).await.unwrap().rows_affected() > 0);
        let mut doctored = evidence.clone();
        doctored.read_tables(&mut tx).await;
        complains(&doctored, complaint);
        tx.rollback().await.unwrap();
    }

    let loss = |at| vec![Loss { node: "gone".into(), at }];
    // Not the one that is given up: its attempt ended by itself, so nobody has to run it again.
    let completed = |run: &&Begun| evidence.finished.iter().any(|end| end.id == run.id.0 && end.status == "completed");
    let run = evidence.begun.iter().find(completed).unwrap();
    let earlier = Begun { node: "gone".into(), at: run.at - BOUND_MS - 2, ..run.clone() };
    let mut late = Evidence { losses: loss(run.at - BOUND_MS - 1), starts: Vec::new(), ..evidence.clone() };
    late.begun.insert(0, earlier.clone());
    complains(&late, &format!("ran again after {} ms", BOUND_MS + 1));
    late.losses = loss(run.at - BOUND_MS);
    assert_eq!(late.complaints(), Vec::<String>::new());
    late.losses = loss(run.at);
    late.begun.push(Begun { at: run.at, ..earlier });
    complains(&late, "never ran again");
    // It began when it thawed, and the attempt after it had long ended.
    late.begun.last_mut().unwrap().attempt -= 1;
    assert_eq!(late.complaints(), Vec::<String>::new());

    let unheard = Acknowledged { id: JobId(i64::MAX), kind: RESULT.into(), status: "completed".into() };
    Log::acknowledged(cluster.folder()).write(&unheard);
    complains(&Evidence::gather(&cluster, Vec::new()).await, "acknowledged and is lost");
}

fn complains(evidence: &Evidence, complaint: &str) {
    let complaints = evidence.complaints();
    assert!(complaints.iter().any(|said| said.contains(complaint)), "not {complaint:?} but {complaints:?}");
}
