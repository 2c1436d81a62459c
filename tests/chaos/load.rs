//! People who upload all the time, each file again and again until it is acknowledged.

use crate::log::Log;
use rand::RngExt as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use system_tests::{Api, samples};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Between two uploads of one client, in milliseconds: the readers of a debug build keep up.
const PACE_MS: u64 = 500;
/// Longer than all misfortunes that may meet one file, with what waits before it.
const PATIENCE: Duration = Duration::from_secs(240);
/// A single answer that takes longer is none.
const ANSWER: Duration = Duration::from_secs(60);

/// What the clients share.
#[derive(Clone)]
pub struct Load {
    pub people: Arc<Vec<Api>>,
    pub log: Arc<Log>,
    seed: u64,
    files: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

impl Load {
    pub fn new(people: Vec<Api>, seed: u64) -> Self {
        let (log, files, is_over) = Default::default();
        Self { people: Arc::new(people), log, seed, files, is_over }
    }

    /// One client for each person, until it is over.
    pub fn start(&self) -> JoinSet<()> {
        let mut clients = JoinSet::new();
        for person in 0..self.people.len() {
            let load = self.clone();
            clients.spawn(async move {
                while !load.is_over.load(Ordering::Relaxed) {
                    load.upload(person).await;
                    sleep(Duration::from_millis(PACE_MS)).await;
                }
            });
        }
        clients
    }

    /// Every client ends after its file.
    pub fn stop(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// So many uploads, so many of them at once, by everybody.
    pub async fn crowd(&self, uploads: usize, at_once: usize) {
        let mut clients = JoinSet::new();
        let left = Arc::new(AtomicUsize::new(uploads));
        for client in 0..at_once {
            let (load, left) = (self.clone(), left.clone());
            clients.spawn(async move {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    load.upload(client % load.people.len()).await;
                }
            });
        }
        while let Some(ended) = clients.join_next().await {
            ended.unwrap();
        }
    }

    /// Uploads a new file until it is acknowledged.
    pub async fn upload(&self, person: usize) {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let (bytes, ending) = self.file(number);
        let sha256 = samples::hash(&bytes);
        let end = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let name = format!("{number}-{attempt}.{ending}");
            self.log.begun(&name, &sha256, false);
            if self.attempt(person, &name, &bytes, &sha256).await {
                return;
            }
            if Instant::now() > end {
                return self.log.complain(format!("{name} was never acknowledged"));
            }
            let pause = rand::random_range(50..300);
            sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Whether it was acknowledged.
    async fn attempt(&self, person: usize, name: &str, bytes: &[u8], sha256: &str) -> bool {
        let api = &self.people[person];
        let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let request = api.request(Method::POST, &format!("/drives/{}/files", api.drive)).timeout(ANSWER);
        let Ok(answer) = request.multipart(Form::new().part("file", part)).send().await else {
            self.log.answered("none");
            return false;
        };
        let status = answer.status();
        let Ok(text) = answer.text().await else {
            self.log.answered("broken");
            return false;
        };
        let code = serde_json::from_str::<Value>(&text).ok().and_then(|body| Some(body["code"].as_str()?.to_owned()));
        self.log.answered(format!("{} {}", status.as_str(), code.unwrap_or_default()).trim());
        if status == StatusCode::CREATED {
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["file"]["contentHash"] != *sha256 {
                self.log.complain(format!("{name} was acknowledged as something else: {text}"));
            }
            self.log.acknowledged(name, answer["file"]["id"].as_str().unwrap());
            return true;
        }
        let may_be_tried_again = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
        if !status.is_server_error() && !may_be_tried_again {
            self.log.complain(format!("{name} was refused with {status}: {text}"));
        }
        false
    }

    /// Text mostly, some pictures, and every tenth the same as the one before it.
    fn file(&self, number: usize) -> (Vec<u8>, &'static str) {
        let number = if number % 10 == 9 { number - 1 } else { number };
        if number % 5 == 1 {
            return (samples::png(40, 30, (self.seed as u32).wrapping_mul(1_000_003) ^ number as u32), "png");
        }
        let line = format!("This is text number {number} of the chaos of {}.\n", self.seed);
        (line.repeat(5 + number % 50).into_bytes(), "txt")
    }

    /// What becomes of a file that is not to be acknowledged: its name, its bytes, their hash.
    pub fn unacknowledged(&self, what: &str) -> (String, Vec<u8>, String) {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let noise = rand::rng().random_range(0..u64::MAX);
        let bytes = format!("Line {noise} of {what} {number}.\n").repeat(8_000).into_bytes();
        let sha256 = samples::hash(&bytes);
        (format!("{what}-{number}.txt"), bytes, sha256)
    }
}
