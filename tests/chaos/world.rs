//! A suite with all that may be done to it, and what was seen meanwhile.
#![expect(clippy::print_stdout, reason = "a run says what happened")]

use crate::load::Load;
use crate::memory::resident_bytes;
use crate::misfortunes::{ALL, Misfortune};
use crate::verifier::{self, Evidence};
use crate::volume::Volume;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{RngExt as _, SeedableRng};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use system_tests::{Api, Cluster, Name, Suite, eventually};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Nothing may take longer to come back, on however busy a machine. What is aimed at is 2 s, and 5 s after Postgres is back.
const RECOVERY: Duration = Duration::from_secs(60);
const PEOPLE: usize = 6;
const PASSWORD: &str = "a long enough password";

/// How large misfortunes are.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub crowd: usize,
    pub at_once: usize,
    pub postgres_away: Duration,
    pub slow: Duration,
}

impl Scale {
    fn of(seconds: u64) -> Self {
        match seconds {
            ..600 => {
                Self { crowd: 200, at_once: 50, postgres_away: Duration::from_secs(2), slow: Duration::from_secs(2) }
            }
            _ => Self {
                crowd: 5_000,
                at_once: 200,
                postgres_away: Duration::from_secs(30),
                slow: Duration::from_secs(20),
            },
        }
    }
}

/// The fields go in this order: the services before their Postgres and their disk.
pub struct World {
    pub suite: Suite,
    pub cluster: Cluster,
    pub volume: Volume,
    pub load: Load,
    pub rng: SmallRng,
    pub scale: Scale,
    /// A file larger than what sockets hold.
    pub large_file: String,
    clients: JoinSet<()>,
    recoveries: BTreeMap<String, Vec<Duration>>,
    resident_before: BTreeMap<Name, u64>,
}

impl World {
    /// A suite with people who have begun to upload.
    pub async fn begin(seed: u64, seconds: u64) -> Self {
        let (cluster, volume) = (Cluster::start_new().await, Volume::new());
        let builder = Suite::of(&Name::ALL).server(&cluster.url()).storage(&volume.storage());
        // As many connections as they have by themselves.
        let suite = builder.set_all("DATABASE_CONNECTIONS", "").start().await;
        let people = people(&suite).await;
        let large = "A line of a large file.\n".repeat(150_000);
        let answer = people[0].upload("large.txt", large.as_bytes()).await;
        let large_file = answer["file"]["id"].as_str().unwrap().to_owned();
        let load = Load::new(people, seed);
        let sha256 = answer["file"]["contentHash"].as_str().unwrap();
        load.log.begun("large.txt", sha256, false);
        load.log.acknowledged("large.txt", &large_file);
        let clients = load.start();
        let (scale, rng) = (Scale::of(seconds), SmallRng::seed_from_u64(seed));
        let (recoveries, resident_before) = Default::default();
        let mut world =
            Self { suite, cluster, volume, load, rng, scale, large_file, clients, recoveries, resident_before };
        // What a program holds when it has done everything once.
        world.load.crowd(scale.crowd / 2, scale.at_once).await;
        world.resident_before = world.resident();
        world
    }

    /// Each once, in any order, then whichever, until the time is over.
    pub async fn misfortunes_happen(&mut self, seconds: u64) {
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut happened = 0;
        while Instant::now() < end {
            let mut round = ALL.to_vec();
            round.shuffle(&mut self.rng);
            for misfortune in round {
                if Instant::now() < end {
                    self.one_happens(misfortune).await;
                    happened += 1;
                }
            }
        }
        println!("chaos: {happened} misfortunes");
    }

    async fn one_happens(&mut self, misfortune: Misfortune) {
        let pause = self.rng.random_range(100..1_000);
        sleep(Duration::from_millis(pause)).await;
        let begun = Instant::now();
        self.happens(misfortune).await;
        println!(
            "chaos: {misfortune:?}, {:.1} s, {} acknowledged",
            begun.elapsed().as_secs_f64(),
            self.load.log.count()
        );
    }

    /// It came back after so long.
    pub fn recovered(&mut self, what: &str, after: Duration) {
        if after > RECOVERY {
            self.load.log.complain(format!("{what}: {after:?} until it answered"));
        }
        self.recoveries.entry(what.into()).or_default().push(after);
    }

    pub async fn everybody_is_healthy(&self) {
        for name in Name::ALL {
            let url = format!("{}/health", self.suite.url(name));
            eventually(&url, async || reqwest::get(&url).await.ok()?.status().is_success().then_some(())).await;
        }
    }

    /// Lets everything come to its end; everything that is wrong.
    pub async fn end(&mut self) -> Vec<String> {
        self.load.stop();
        while let Some(ended) = self.clients.join_next().await {
            ended.unwrap();
        }
        let mut complaints = verifier::everything_is_final(&self.suite).await;
        self.everybody_is_healthy().await;
        complaints.extend(self.memory_is_given_back());
        let evidence = Evidence::gather(&self.suite, &self.volume.storage(), &self.load.log).await;
        complaints.extend(evidence.complaints());
        complaints.extend(self.load.log.complaints());
        self.report(&evidence);
        complaints
    }

    fn resident(&mut self) -> BTreeMap<Name, u64> {
        let suite = &mut self.suite;
        Name::ALL.into_iter().filter_map(|name| Some((name, resident_bytes(suite.service(name).pid())?))).collect()
    }

    /// What is aimed at is a tenth. A program that was just started holds less than it will, hence the room above twice.
    fn memory_is_given_back(&mut self) -> Vec<String> {
        let mut complaints = vec![];
        for (name, after) in self.resident() {
            let before = self.resident_before[&name];
            let change = 100.0 * (after as f64 / before as f64 - 1.0);
            println!("chaos: {name:?} held {} MB before and {} MB after ({change:+.0} %)", before >> 20, after >> 20);
            if after > 2 * before + (64 << 20) {
                complaints.push(format!("{name:?} held {before} bytes before and {after} after"));
            }
        }
        complaints
    }

    fn report(&self, evidence: &Evidence) {
        for (what, times) in &self.recoveries {
            let longest = times.iter().max().unwrap().as_secs_f64();
            println!("chaos: {what}: {} times back, after {longest:.2} s at most", times.len());
        }
        println!("chaos: answers {:?}", self.load.log.answers());
        println!("chaos: {}", evidence.summary());
    }
}

/// Several, as one person may not do everything at once.
async fn people(suite: &Suite) -> Vec<Api> {
    let admin = suite.api().await;
    let mut people = vec![];
    for n in 1..PEOPLE {
        let email = format!("person{n}@example.org");
        let body = json!({"email": email, "name": email, "password": PASSWORD, "isAdmin": false});
        admin.request(Method::POST, "/users").json(&body).send().await.unwrap().error_for_status().unwrap();
        people.push(suite.sign_in(&email, PASSWORD).await);
    }
    people.insert(0, admin);
    people
}
