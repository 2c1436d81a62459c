//! Random interleavings of everything that can happen to jobs, against a model that is as simple as the promise: what the
//! table says after each step is what the model says.

use crate::claim::{Completion, complete_and_claim};
use crate::finish::{AfterFailure, fail, hand_back};
use crate::{Changed, JobId, NewJob, Status, cancel, enqueue, maintain, retry, workers};
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
    Enqueue { key: Option<u8>, delayed: bool, priority: i16 },
    Claim { worker: usize, limit: i32 },
    Complete { job: usize, claimant: usize },
    Retry { job: usize, claimant: usize },
    Fail { job: usize, claimant: usize },
    HandBack { job: usize, claimant: usize },
    Cancel { job: usize },
    RunAgain { job: usize },
    Promote,
    Die { worker: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (job, claimant, worker) = (any::<usize>(), any::<usize>(), 0usize..2);
    prop_oneof![
        4 => (prop::option::of(0u8..3), any::<bool>(), 0i16..3)
            .prop_map(|(key, delayed, priority)| Step::Enqueue { key, delayed, priority }),
        4 => (worker.clone(), 1i32..4).prop_map(|(worker, limit)| Step::Claim { worker, limit }),
        2 => (job, claimant).prop_map(|(job, claimant)| Step::Complete { job, claimant }),
        2 => (job, claimant).prop_map(|(job, claimant)| Step::Retry { job, claimant }),
        1 => (job, claimant).prop_map(|(job, claimant)| Step::Fail { job, claimant }),
        1 => (job, claimant).prop_map(|(job, claimant)| Step::HandBack { job, claimant }),
        1 => job.prop_map(|job| Step::Cancel { job }),
        1 => job.prop_map(|job| Step::RunAgain { job }),
        2 => Just(Step::Promote),
        1 => worker.prop_map(|worker| Step::Die { worker }),
    ]
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    Hot,
    Running { worker: i32, cancel: bool },
    Waiting,
    Over(Status),
}

#[derive(Debug, Clone)]
struct Modelled {
    state: State,
    attempt: i16,
    priority: i16,
    key: Option<u8>,
}

#[derive(Default)]
struct Model {
    jobs: BTreeMap<JobId, Modelled>,
    /// The two workers now alive, and all that ever were.
    alive: [i32; 2],
    ever: Vec<i32>,
}

impl Model {
    fn holder(&self, key: Option<u8>) -> Option<JobId> {
        let in_flight = |job: &&Modelled| key.is_some() && job.key == key && !matches!(job.state, State::Over(_));
        self.jobs.iter().find(|(_, job)| in_flight(job)).map(|(&id, _)| id)
    }

    fn nth(&self, n: usize) -> Option<JobId> {
        self.jobs.keys().nth(n.checked_rem(self.jobs.len())?).copied()
    }

    /// A worker that ever was, dead ones included: only the one that has the job may end it.
    fn claimant(&self, n: usize) -> i32 {
        self.ever[n % self.ever.len()]
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

async fn new_worker(conn: &mut PgConnection, model: &mut Model, place: usize) {
    // Without its lock it is kept by its heartbeat alone only if nobody looks at locks: nobody but `Die` does.
    let id: i32 = sqlx::query_scalar("insert into queue.workers (node) values ('model') returning id")
        .fetch_one(conn)
        .await
        .unwrap();
    model.alive[place] = id;
    model.ever.push(id);
}

async fn take(conn: &mut PgConnection, model: &mut Model, step: &Step) {
    match *step {
        Step::Enqueue { key, delayed, priority } => {
            let mut job = NewJob::new("k", json!({})).priority(priority).max_attempts(MAX_ATTEMPTS);
            job.unique_key = key.map(|key| key.to_string());
            job.delay = delayed.then_some(Duration::from_secs(3600));
            let enqueued = enqueue(conn, &job).await.unwrap();
            let holder = model.holder(key);
            assert_eq!(enqueued.duplicate, holder.is_some());
            match holder {
                Some(holder) => assert_eq!(enqueued.id, holder),
                None => {
                    let state = if delayed { State::Waiting } else { State::Hot };
                    let before = model.jobs.insert(enqueued.id, Modelled { state, attempt: 0, priority, key });
                    assert!(before.is_none(), "a number was given twice");
                }
            }
        }
        Step::Claim { worker, limit } => {
            let worker = model.alive[worker];
            let round = complete_and_claim(conn, &[], worker, &["k".into()], &[limit]).await.unwrap();
            let mut due: Vec<_> = model.jobs.iter_mut().filter(|(_, job)| job.state == State::Hot).collect();
            due.sort_by_key(|(id, job)| (job.priority, **id));
            due.truncate(limit as usize);
            due.sort_by_key(|(id, _)| **id);
            assert_eq!(
                round.jobs.iter().map(|job| job.id).collect::<Vec<_>>(),
                due.iter().map(|(id, _)| **id).collect::<Vec<_>>()
            );
            for (_, job) in due {
                job.state = State::Running { worker, cancel: false };
                job.attempt += 1;
            }
        }
        Step::Complete { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let worker = model.claimant(claimant);
            let completion = Completion { id, worker, result: json!(1) };
            let round = complete_and_claim(conn, &[completion], worker, &[], &[]).await.unwrap();
            let held = model.held(id, worker);
            assert_eq!(round.completed, held.iter().map(|_| id).collect::<Vec<_>>());
            if let Some((job, _)) = held {
                job.state = State::Over(Status::Completed);
            }
        }
        Step::Retry { job, claimant } | Step::Fail { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let (worker, again) = (model.claimant(claimant), matches!(step, Step::Retry { .. }));
            let pause = again.then_some(Duration::from_secs(3600));
            assert_eq!(fail(conn, id, worker, "c", "e", pause).await.unwrap(), model.end(id, worker, again));
        }
        Step::HandBack { job, claimant } => {
            let Some(id) = model.nth(job) else { return };
            let worker = model.claimant(claimant);
            let handed = hand_back(conn, id, worker).await.unwrap();
            let held = model.held(id, worker);
            assert_eq!(handed, held.is_some());
            match held {
                Some((job, true)) => job.state = State::Over(Status::Cancelled),
                Some((job, false)) => (job.state, job.attempt) = (State::Hot, job.attempt - 1),
                None => {}
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
                    job.state = State::Hot;
                    Changed::Yes
                }
                (State::Hot, _) => Changed::NotPossible(Status::Pending),
                (State::Running { .. }, _) => Changed::NotPossible(Status::Processing),
                (State::Over(Status::Completed), _) => Changed::NotPossible(Status::Completed),
                (State::Over(_), Some(holder)) => Changed::KeyTaken(holder),
                (State::Over(_), None) => {
                    job.state = State::Hot;
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
            let moved = waiting.map(|job| job.state = State::Hot).count();
            assert_eq!(promoted.jobs, moved as u64);
        }
        Step::Die { worker: place } => {
            // All but one have an old heartbeat and no lock; `reap_peers` spares only the other one of the two.
            let (dead, other) = (model.alive[place], model.alive[1 - place]);
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
            new_worker(conn, model, place).await;
        }
    }
}

/// The table says what the model says, about every job and every key.
async fn compare(conn: &mut PgConnection, model: &Model) {
    let rows: Vec<(i64, String, i16)> =
        sqlx::query_as("select id, status, attempt from queue.jobs order by id").fetch_all(&mut *conn).await.unwrap();
    let name = |job: &Modelled| match &job.state {
        State::Hot | State::Waiting => "pending",
        State::Running { .. } => "processing",
        State::Over(status) => status.name(),
    };
    let expected: Vec<_> = model.jobs.iter().map(|(id, job)| (id.0, name(job).to_owned(), job.attempt)).collect();
    assert_eq!(rows, expected);
    let keys: Vec<(String, i64)> =
        sqlx::query_as("select key, job_id from queue.keys order by key").fetch_all(conn).await.unwrap();
    let expected: Vec<_> = (0..3).filter_map(|key| model.holder(Some(key)).map(|id| (key.to_string(), id.0))).collect();
    assert_eq!(keys, expected);
}

#[sqlx::test(migrations = "../../migrations")]
async fn any_interleaving_keeps_every_promise(pool: sqlx::PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let mut random = TestRunner::new(Config::default());
    let sequences = prop::collection::vec(step(), STEPS);
    for _ in 0..SEQUENCES {
        let steps = sequences.new_tree(&mut random).unwrap().current();
        sqlx::query("truncate queue.hot, queue.waiting, queue.finished, queue.keys, queue.workers")
            .execute(&mut *conn)
            .await
            .unwrap();
        let mut model = Model::default();
        for place in 0..2 {
            new_worker(&mut conn, &mut model, place).await;
        }
        for (n, step) in steps.iter().enumerate() {
            println!("{n}: {step:?}");
            take(&mut conn, &mut model, step).await;
            compare(&mut conn, &model).await;
        }
    }
}
