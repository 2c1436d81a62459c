//! Random interleavings of everything that can happen to jobs, against a model that is as simple as the promise: what the table
//! says after each step is what the model says. A test in `src`, because it takes the steps of a runner one at a time, by
//! functions that no other crate may call.

use crate::claim::{ClaimCursors, Locking, claim};
use crate::finish::{AfterFailure, complete, fail, hand_back, snooze};
use crate::{Changed, Job, JobId, Limit, NewJob, Status, cancel, enqueue, maintain, retry, workers};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::time::Duration;

/// Sequences tried, and steps in each.
const SEQUENCES: usize = 24;
const STEPS: usize = 60;

const MAX_ATTEMPTS: i16 = 2;

/// One thing that happens. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Enqueue { key: Option<u8>, limited: Option<u8>, delayed: bool, priority: i16 },
    Claim { worker: usize, limit: i32 },
    Complete { job: usize, claimant: usize },
    Retry { job: usize, claimant: usize },
    Fail { job: usize, claimant: usize },
    HandBack { job: usize, claimant: usize },
    Snooze { job: usize, claimant: usize },
    Cancel { job: usize },
    RunAgain { job: usize },
    Promote,
    Rotate,
    Die { worker: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (job, claimant, worker) = (any::<usize>(), any::<usize>(), 0usize..2);
    prop_oneof![
        5 => (prop::option::of(0u8..3), prop::option::of(0u8..2), any::<bool>(), 0i16..3)
            .prop_map(|(key, limited, delayed, priority)| Step::Enqueue { key, limited, delayed, priority }),
        4 => (worker.clone(), 1i32..4).prop_map(|(worker, limit)| Step::Claim { worker, limit }),
        2 => (job, claimant).prop_map(|(job, claimant)| Step::Complete { job, claimant }),
        2 => (job, claimant).prop_map(|(job, claimant)| Step::Retry { job, claimant }),
        1 => (job, claimant).prop_map(|(job, claimant)| Step::Fail { job, claimant }),
        1 => (job, claimant).prop_map(|(job, claimant)| Step::HandBack { job, claimant }),
        1 => (job, claimant).prop_map(|(job, claimant)| Step::Snooze { job, claimant }),
        1 => job.prop_map(|job| Step::Cancel { job }),
        1 => job.prop_map(|job| Step::RunAgain { job }),
        2 => Just(Step::Promote),
        1 => Just(Step::Rotate),
        1 => worker.prop_map(|worker| Step::Die { worker }),
    ]
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    Hot,
    Running { worker: i32, cancel: bool },
    Waiting,
    Parked,
    Over(Status),
}

#[derive(Debug, Clone)]
struct Modelled {
    state: State,
    attempt: i16,
    priority: i16,
    key: Option<u8>,
    limit: Option<u8>,
}

impl Modelled {
    /// Where it stands when it becomes due.
    fn due(&self) -> State {
        if self.limit.is_some() { State::Parked } else { State::Hot }
    }
}

#[derive(Default)]
struct Model {
    jobs: BTreeMap<JobId, Modelled>,
    /// The two workers now alive, and all that ever were.
    alive: [i32; 2],
    ever: Vec<i32>,
    /// How often the ring has been rotated: a whole round would move jobs to younger segments.
    rotations: usize,
    /// The handles claims gave out, newest last.
    handles: BTreeMap<JobId, Vec<Job>>,
}

impl Model {
    fn holder(&self, key: Option<u8>) -> Option<JobId> {
        let in_flight = |job: &&Modelled| key.is_some() && job.key == key && !matches!(job.state, State::Over(_));
        self.jobs.iter().find(|(_, job)| in_flight(job)).map(|(&id, _)| id)
    }

    fn nth(&self, n: usize) -> Option<JobId> {
        self.jobs.keys().nth(n.checked_rem(self.jobs.len())?).copied()
    }

    /// A worker that ever was, dead ones included: only the one that has claimed the job may end it.
    fn claimant(&self, n: usize) -> i32 {
        self.ever[n % self.ever.len()]
    }

    /// What that claimant would have in hand: the job as it was when somebody claimed it.
    fn handle(&self, id: JobId, worker: i32) -> Option<Job> {
        self.handles.get(&id)?.iter().rev().find(|job| job.worker == worker).cloned()
    }

    /// Admits parked jobs: two of a limit may be in flight at once.
    fn admit(&mut self, positions: &BTreeMap<i64, i64>) -> u64 {
        let mut admitted = 0;
        for limit in 0..2 {
            let of_limit = |job: &&mut Modelled| job.limit == Some(limit);
            let in_flight = self.jobs.values_mut().filter(of_limit);
            let in_flight = in_flight.filter(|job| matches!(job.state, State::Hot | State::Running { .. })).count();
            let mut parked: Vec<_> = self.jobs.iter_mut().filter(|(_, job)| job.limit == Some(limit)).collect();
            parked.retain(|(_, job)| job.state == State::Parked);
            parked.sort_by_key(|(id, job)| (job.priority, positions[&id.0]));
            for (_, job) in parked.into_iter().take(2usize.saturating_sub(in_flight)) {
                job.state = State::Hot;
                admitted += 1;
            }
        }
        admitted
    }

    /// The job, if that worker has it.
    fn held(&mut self, id: JobId, by: i32) -> Option<(&mut Modelled, bool)> {
        let job = self.jobs.get_mut(&id)?;
        match job.state {
            State::Running { worker, cancel } if worker == by => Some((job, cancel)),
            _ => None,
        }
    }

    fn end(&mut self, id: JobId, by: i32, again: bool) -> AfterFailure {
        let Some((job, cancel)) = self.held(id, by) else { return AfterFailure::Lost };
        let (state, after) = match () {
            () if cancel => (State::Over(Status::Cancelled), AfterFailure::Cancelled),
            () if again && job.attempt < MAX_ATTEMPTS => (State::Waiting, AfterFailure::Waiting),
            () => (State::Over(Status::Failed), AfterFailure::Failed),
        };
        job.state = state;
        after
    }
}

async fn new_worker(conn: &mut PgConnection, model: &mut Model, slot: usize) {
    // Without its lock it is kept by its heartbeat alone only if nobody looks at locks: nobody but `Die` does.
    let sql = "insert into queue.workers (node) values ('model') returning id";
    let id: i32 = sqlx::query_scalar(sql).fetch_one(conn).await.unwrap();
    model.alive[slot] = id;
    model.ever.push(id);
}

/// In which order jobs stand: the table decides that, and the model takes it over.
async fn positions(conn: &mut PgConnection) -> BTreeMap<i64, i64> {
    let sql = "select id, place from queue.hot union all select id, place from queue.parked";
    sqlx::query_as(sql).fetch_all(conn).await.unwrap().into_iter().collect()
}

/// Claims as a worker does with fresh cursors: plan by plan, the first an optimistic one, until it has enough or nothing is left.
async fn claim_some(conn: &mut PgConnection, worker: i32, limit: usize) -> Vec<Job> {
    let mut cursors = ClaimCursors::new(vec!["k".into()]);
    let (current, live) = crate::segment::survey(conn).await.unwrap();
    cursors.refresh(current, live);
    let (mut jobs, mut first) = (Vec::new(), Some(Locking::Optimistic));
    while let Some(mut plan) = (jobs.len() < limit).then(|| cursors.plan(&[limit - jobs.len()])).flatten() {
        plan.locking = first.take().unwrap_or(plan.locking);
        let claimed = claim(conn, worker, &plan).await.unwrap();
        cursors.advance(&plan, &claimed);
        jobs.extend(claimed.into_iter().map(|claimed| claimed.job));
    }
    jobs
}

async fn take(conn: &mut PgConnection, model: &mut Model, step: &Step) {
    match *step {
        Step::Enqueue { key, limited, delayed, priority } => {
            let mut job = NewJob::new("k", json!({})).priority(priority).max_attempts(MAX_ATTEMPTS);
            job.unique_key = key.map(|key| key.to_string());
            job.limit = limited.map(|key| Limit::concurrency(key.to_string(), 2));
            job.delay = delayed.then_some(Duration::from_secs(3600));
            let enqueued = enqueue(conn, &job).await.unwrap();
            let holder = model.holder(key);
            assert_eq!(enqueued.duplicate, holder.is_some());
            match holder {
                Some(holder) => assert_eq!(enqueued.id, holder),
                None => {
                    let mut job = Modelled { state: State::Waiting, attempt: 0, priority, key, limit: limited };
                    if !delayed {
                        job.state = job.due();
                    }
                    let before = model.jobs.insert(enqueued.id, job);
                    assert!(before.is_none(), "a number was given twice");
                }
            }
        }
        Step::Claim { worker, limit } => {
            let worker = model.alive[worker];
            let positions = positions(conn).await;
            let jobs = claim_some(conn, worker, limit as usize).await;
            let mut due: Vec<_> = model.jobs.iter_mut().filter(|(_, job)| job.state == State::Hot).collect();
            due.sort_by_key(|(id, job)| (job.priority, positions[&id.0]));
            due.truncate(limit as usize);
            assert_eq!(
                jobs.iter().map(|job| job.id).collect::<Vec<_>>(),
                due.iter().map(|(id, _)| **id).collect::<Vec<_>>()
            );
            for (_, job) in due {
                job.state = State::Running { worker, cancel: false };
                job.attempt += 1;
            }
            for job in jobs {
                assert_eq!(job.attempt, model.jobs[&job.id].attempt);
                model.handles.entry(job.id).or_default().push(job);
            }
        }
        Step::Complete { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let worker = model.claimant(claimant);
            let Some(job) = model.handle(id, worker) else { return };
            let lost = complete(conn, job.segment, worker, &[id.0], &[Some("1".to_owned())]).await.unwrap();
            let held = model.held(id, worker);
            assert_eq!(lost.contains(&id.0), held.is_none());
            if let Some((job, _)) = held {
                job.state = State::Over(Status::Completed);
            }
        }
        Step::Retry { job, claimant } | Step::Fail { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let (worker, again) = (model.claimant(claimant), matches!(step, Step::Retry { .. }));
            let Some(job) = model.handle(id, worker) else { return };
            let pause = again.then_some(Duration::from_secs(3600));
            assert_eq!(fail(conn, &job, "c", "e", pause).await.unwrap(), model.end(id, worker, again));
        }
        Step::HandBack { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let worker = model.claimant(claimant);
            let Some(job) = model.handle(id, worker) else { return };
            let handed = hand_back(conn, &job).await.unwrap();
            let held = model.held(id, worker);
            assert_eq!(handed, held.is_some());
            match held {
                Some((job, true)) => job.state = State::Over(Status::Cancelled),
                Some((job, false)) => (job.state, job.attempt) = (State::Hot, job.attempt - 1),
                None => {}
            }
        }
        Step::Snooze { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let worker = model.claimant(claimant);
            let Some(job) = model.handle(id, worker) else { return };
            let snoozed = snooze(conn, &job, Duration::from_secs(3600)).await.unwrap();
            let held = model.held(id, worker).filter(|(_, cancel)| !cancel);
            assert_eq!(snoozed, held.is_some());
            if let Some((job, _)) = held {
                (job.state, job.attempt) = (State::Waiting, job.attempt - 1);
            }
        }
        Step::Cancel { job } => {
            let Some(id) = model.nth(job) else { return };
            let changed = cancel(conn, id).await.unwrap();
            let job = model.jobs.get_mut(&id).unwrap();
            let expected = match &mut job.state {
                State::Over(status) => Changed::NotPossible(*status),
                State::Running { cancel, .. } => {
                    *cancel = true;
                    Changed::Requested
                }
                state => {
                    *state = State::Over(Status::Cancelled);
                    Changed::Yes
                }
            };
            assert_eq!(changed, expected);
        }
        Step::RunAgain { job } => {
            let Some(id) = model.nth(job) else { return };
            let changed = retry(conn, id).await.unwrap();
            let holder = model.holder(model.jobs[&id].key);
            let job = model.jobs.get_mut(&id).unwrap();
            let expected = match (&job.state, holder) {
                (State::Waiting, _) => {
                    job.state = job.due();
                    Changed::Yes
                }
                (State::Hot | State::Parked, _) => Changed::NotPossible(Status::Pending),
                (State::Running { .. }, _) => Changed::NotPossible(Status::Processing),
                (State::Over(Status::Completed), _) => Changed::NotPossible(Status::Completed),
                (State::Over(_), Some(holder)) => Changed::KeyTaken(holder),
                (State::Over(_), None) => {
                    job.state = job.due();
                    job.attempt = 0;
                    Changed::Yes
                }
            };
            assert_eq!(changed, expected);
        }
        Step::Promote => {
            sqlx::query("update queue.waiting set run_at = now()").execute(&mut *conn).await.unwrap();
            let promoted = maintain::promote(conn).await.unwrap();
            let waiting = model.jobs.values_mut().filter(|job| job.state == State::Waiting);
            let moved = waiting.map(|job| job.state = job.due()).count();
            let order = model.jobs.keys().map(|id| (id.0, id.0)).collect();
            assert_eq!(promoted.jobs, moved as u64 + model.admit(&order));
            adopt_admitted(conn, model).await;
        }
        Step::Rotate => {
            if model.rotations < 14 {
                model.rotations += 1;
                sqlx::query("select queue.turn(0)").execute(conn).await.unwrap();
            }
        }
        Step::Die { worker: slot } => {
            // All but one have an old heartbeat and no lock; `reap_peers` spares only the other one of the two.
            let (dead, other) = (model.alive[slot], model.alive[1 - slot]);
            let reaped = workers::reap_peers(conn, other).await.unwrap();
            let mut expected = workers::Reaped { workers: 1, ..workers::Reaped::default() };
            for job in model.jobs.values_mut() {
                let State::Running { worker, cancel } = job.state else { continue };
                if worker != dead {
                    continue;
                }
                job.state = match () {
                    () if cancel => State::Over(Status::Cancelled),
                    () if job.attempt >= MAX_ATTEMPTS => State::Over(Status::Failed),
                    () => State::Hot,
                };
                let over = matches!(job.state, State::Over(_));
                *if over { &mut expected.ended } else { &mut expected.returned } += 1;
            }
            assert_eq!(reaped, expected);
            new_worker(conn, model, slot).await;
        }
    }
}

/// Which of equal jobs a limit admits is the table's choice; how many was checked.
async fn adopt_admitted(conn: &mut PgConnection, model: &mut Model) {
    let parked: Vec<i64> = sqlx::query_scalar("select id from queue.parked").fetch_all(conn).await.unwrap();
    for (id, job) in &mut model.jobs {
        if job.limit.is_some() && matches!(job.state, State::Hot | State::Parked) {
            job.state = if parked.contains(&id.0) { State::Parked } else { State::Hot };
        }
    }
}

/// The table says what the model says.
async fn compare(conn: &mut PgConnection, model: &Model) {
    let rows: Vec<(i64, String, i16)> =
        sqlx::query_as("select id, status, attempt from queue.jobs order by id").fetch_all(&mut *conn).await.unwrap();
    let name = |job: &Modelled| match &job.state {
        State::Hot | State::Waiting | State::Parked => "pending",
        State::Running { .. } => "processing",
        State::Over(status) => status.name(),
    };
    let expected: Vec<_> = model.jobs.iter().map(|(id, job)| (id.0, name(job).to_owned(), job.attempt)).collect();
    assert_eq!(rows, expected);
    let keys: Vec<(String, i64)> =
        sqlx::query_as("select key, job_id from queue.keys order by key").fetch_all(&mut *conn).await.unwrap();
    let expected: Vec<_> = (0..3).filter_map(|key| model.holder(Some(key)).map(|id| (key.to_string(), id.0))).collect();
    assert_eq!(keys, expected);
    let counters =
        "select status, sum(jobs)::bigint from queue.tallies group by status having sum(jobs) <> 0 order by 1";
    let recorded: Vec<(String, i64)> = sqlx::query_as(counters).fetch_all(&mut *conn).await.unwrap();
    let counted = "select status, count(*) from queue.finished group by status order by 1";
    let counted: Vec<(String, i64)> = sqlx::query_as(counted).fetch_all(conn).await.unwrap();
    assert_eq!(recorded, counted);
}

#[sqlx::test(migrations = "../../migrations")]
async fn any_interleaving_keeps_every_promise(pool: sqlx::PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    workers::until_reaping(&mut conn).await;
    let mut random = TestRunner::new(Config::default());
    let sequences = prop::collection::vec(step(), STEPS);
    for _ in 0..SEQUENCES {
        let steps = sequences.new_tree(&mut random).unwrap().current();
        sqlx::query("truncate queue.hot, queue.waiting, queue.parked, queue.gates, queue.finished, queue.tallies, queue.keys, queue.workers")
            .execute(&mut *conn)
            .await
            .unwrap();
        let mut model = Model::default();
        for slot in 0..2 {
            new_worker(&mut conn, &mut model, slot).await;
        }
        for (n, step) in steps.iter().enumerate() {
            println!("{n}: {step:?}");
            take(&mut conn, &mut model, step).await;
            compare(&mut conn, &model).await;
        }
    }
}
