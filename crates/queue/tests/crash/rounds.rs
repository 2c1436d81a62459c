//! Rounds: two workers and seven clients, a few seconds of kills and restarts at random moments, then the verifier.
#![expect(clippy::print_stdout, reason = "a round says what happened in it")]

use crate::clients::{Clients, drained, silent_slots};
use crate::cluster::{Cluster, Stop};
use crate::logs::{now, read_begun};
use crate::verifier::{Evidence, Loss};
use crate::worker::Worker;
use futures_util::StreamExt;
use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt as _, SeedableRng};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A round mostly waits for leases to end, so many can wait together.
const AT_ONCE: usize = 4;

/// Longer than leases, backoffs and a busy machine take together.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// `kill -9` of a worker; another one is started.
    Kill,
    /// The same while Postgres is stopped.
    KillWhileStopped,
    /// A worker is frozen for less than its lease.
    Nap,
    Restart(Stop),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let rounds = number("CRASH_ROUNDS").unwrap_or(2);
    let first = number("CRASH_SEED").unwrap_or_else(|| rand::random_range(0..1_000_000));
    let rounds = futures_util::stream::iter(first..first + rounds).map(round).buffer_unordered(AT_ONCE);
    let complaints: Vec<String> = rounds.collect::<Vec<_>>().await.concat();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// One round; answers with what is wrong.
async fn round(seed: u64) -> Vec<String> {
    let begun = Instant::now();
    let mut round = Round::new(seed).await;
    let events = round.events();
    let clients = Clients::start(&round.cluster, &mut round.rng);
    for event in &events {
        round.pause().await;
        round.happens(*event).await;
    }
    round.pause().await;
    round.everybody_works().await;
    let refused = clients.stop().await;
    // Should it take too long, the verifier will say what is left.
    drained(&round.cluster).await;
    round.every_slot_works().await;
    // Should it take too long, the verifier will say what is left.
    drained(&round.cluster).await;
    round.everybody_lives();
    let evidence = round.evidence().await;
    round.complaints.extend(evidence.complaints());
    round.report(&evidence, &events, refused, begun.elapsed());
    round.verdict()
}

struct Round {
    seed: u64,
    rng: SmallRng,
    cluster: Cluster,
    workers: Vec<Worker>,
    /// Processes started so far.
    started: usize,
    losses: Vec<Loss>,
    complaints: Vec<String>,
}

impl Round {
    async fn new(seed: u64) -> Self {
        let (cluster, rng) = (Cluster::new().await, SmallRng::seed_from_u64(seed));
        let workers = vec![Worker::start(&cluster, "node-1"), Worker::start(&cluster, "node-2")];
        Self { seed, rng, cluster, workers, started: 2, losses: Vec::new(), complaints: Vec::new() }
    }

    /// At least a kill and a crash of Postgres in every round, in any order.
    fn events(&mut self) -> Vec<Event> {
        let kills = [Event::Kill, Event::KillWhileStopped];
        let others = [Event::Nap, Event::Restart(Stop::Fast), Event::Restart(Stop::Immediate)];
        let mut events = vec![Event::Kill, Event::Restart(Stop::Immediate)];
        events.extend(kills.choose(&mut self.rng));
        events.extend(others.choose(&mut self.rng));
        events.shuffle(&mut self.rng);
        events
    }

    async fn pause(&mut self) {
        let pause = self.rng.random_range(200..1500);
        sleep(Duration::from_millis(pause)).await;
    }

    async fn happens(&mut self, event: Event) {
        match event {
            Event::Kill => self.kill(),
            Event::KillWhileStopped => {
                self.cluster.stop(Stop::Immediate);
                self.kill();
                self.pause().await;
                self.cluster.start().await;
            }
            Event::Nap => {
                let napper = self.rng.random_range(0..self.workers.len());
                self.workers[napper].freeze();
                self.pause().await;
                self.workers[napper].thaw();
            }
            Event::Restart(how) => {
                self.cluster.stop(how);
                self.cluster.start().await;
            }
        }
    }

    fn kill(&mut self) {
        let worker = self.workers.swap_remove(self.rng.random_range(0..self.workers.len()));
        let node = worker.node.clone();
        let at = worker.kill();
        self.losses.push(Loss { node, at });
        self.started += 1;
        self.workers.push(Worker::start(&self.cluster, &format!("node-{}", self.started)));
    }

    /// Both workers begin jobs after everything that has happened.
    async fn everybody_works(&mut self) {
        let (since, end) = (now(), Instant::now() + PATIENCE);
        for node in self.nodes() {
            while !read_begun(self.cluster.folder()).iter().any(|begun| begun.node == node && begun.at > since) {
                if Instant::now() > end {
                    self.complaints.push(format!("{node} takes no jobs any more"));
                    break;
                }
                sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Nothing that has happened has cost a worker room: together they run as many jobs at once as they should.
    async fn every_slot_works(&mut self) {
        let silent = silent_slots(&self.cluster, self.workers.len()).await;
        if silent > 0 {
            self.complaints.push(format!("{silent} slots take no jobs any more"));
        }
    }

    fn everybody_lives(&mut self) {
        for worker in &mut self.workers {
            if !worker.lives() {
                self.complaints.push(format!("{} has ended by itself", worker.node));
            }
        }
    }

    async fn evidence(&self) -> Evidence {
        Evidence::gather(&self.cluster, self.losses.clone()).await
    }

    fn nodes(&self) -> Vec<String> {
        self.workers.iter().map(|worker| worker.node.clone()).collect()
    }

    fn report(&self, evidence: &Evidence, events: &[Event], refused: u64, took: Duration) {
        let again: Vec<_> = evidence.ran_again().into_iter().filter_map(|(_, _, again)| again).collect();
        let seconds = |ms: Option<i64>| ms.unwrap_or(0) as f64 / 1000.0;
        println!(
            "round {}: {} jobs acknowledged, {} over, {} calls refused; {} kills, {} restarts of Postgres; {} jobs of killed \
             workers ran again, the last {:.1} s after the kill, {:.1} s after the later of kill and start; {} complaints; \
             {:.0} s; {events:?}",
            self.seed,
            evidence.acknowledged.len(),
            evidence.finished.len(),
            refused,
            self.losses.len(),
            self.cluster.starts.len() - 1,
            again.len(),
            seconds(again.iter().map(|again| again.after_loss).max()),
            seconds(again.iter().map(|again| again.after_both).max()),
            self.complaints.len(),
            took.as_secs_f64(),
        );
    }

    /// The complaints, each with its round. What there is to read about a bad round is kept.
    fn verdict(mut self) -> Vec<String> {
        if !self.complaints.is_empty() {
            self.cluster.keep();
        }
        let place = format!("round {} ({})", self.seed, self.cluster.folder().display());
        self.complaints.iter().map(|complaint| format!("{place}: {complaint}")).collect()
    }
}
