//! What may happen: one row each in [`ALL`], and what it does in [`World::happens`].

use crate::memory::children;
use crate::raw;
use crate::world::World;
use rand::RngExt as _;
use rand::seq::IndexedRandom;
use std::process::Command;
use std::time::Duration;
use system_tests::{Name, Stop};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Sockets of the slow.
const SLOW: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfortune {
    /// kill -9 of a program, which is started again at once.
    Kill(Name),
    /// SIGTERM of a program under load; it has to end well.
    Terminate(Name),
    /// kill -9 of one of the processor's confined children.
    KillReader,
    /// Postgres is stopped in some way and started again at once.
    Restart(Stop),
    /// Postgres is away for longer than anybody waits for it.
    PostgresAway,
    /// So many bytes are left on the disk: none; too few for a larger file on its way in; enough for a file and not for what is
    /// made of it.
    FullDisk(u64),
    /// Uploads end after each tenth of their bytes.
    Cuts,
    /// Everybody at once.
    Crowd,
    /// Readers that take a byte and stop.
    SlowReaders,
    /// Writers that send a byte now and then.
    SlowWriters,
}

use Misfortune::{Crowd, Cuts, FullDisk, Kill, KillReader, PostgresAway, Restart, SlowReaders, SlowWriters, Terminate};

pub const ALL: &[Misfortune] = &[
    Crowd,
    Cuts,
    FullDisk(0),
    FullDisk(100 << 10),
    FullDisk(24 << 10),
    Kill(Name::Processor),
    Kill(Name::Realtime),
    Kill(Name::Web),
    Kill(Name::Worker),
    KillReader,
    PostgresAway,
    Restart(Stop::Fast),
    Restart(Stop::Immediate),
    Restart(Stop::Kill),
    SlowReaders,
    SlowWriters,
    Terminate(Name::Processor),
    Terminate(Name::Realtime),
    Terminate(Name::Web),
    Terminate(Name::Worker),
];

impl World {
    pub async fn happens(&mut self, misfortune: Misfortune) {
        match misfortune {
            Kill(name) => {
                self.suite.kill(name).await;
                self.starts(name).await;
            }
            Terminate(name) => {
                self.suite.stop(name).await;
                self.starts(name).await;
            }
            KillReader => {
                let readers = children(self.suite.service(Name::Processor).pid());
                if let Some(reader) = readers.choose(&mut self.rng) {
                    // It may have ended by itself.
                    let _ = Command::new("kill").args(["-9", &reader.to_string()]).output();
                }
            }
            Restart(how) => self.postgres_is_away(how, Duration::ZERO).await,
            PostgresAway => self.postgres_is_away(Stop::Fast, self.scale.postgres_away).await,
            FullDisk(left_bytes) => self.full_disk(left_bytes).await,
            Cuts => self.cuts().await,
            Crowd => self.load.crowd(self.scale.crowd, self.scale.at_once).await,
            SlowReaders => self.slow_readers().await,
            SlowWriters => self.slow_writers().await,
        }
    }

    async fn starts(&mut self, name: Name) {
        let begun = Instant::now();
        self.suite.start_service(name).await;
        self.recovered(&format!("{name:?}"), begun.elapsed());
    }

    async fn postgres_is_away(&mut self, how: Stop, away: Duration) {
        self.cluster.stop(how);
        sleep(away).await;
        self.cluster.start().await;
        let begun = Instant::now();
        self.everybody_is_healthy().await;
        self.load.upload(0).await;
        self.recovered("all after Postgres", begun.elapsed());
    }

    async fn full_disk(&mut self, left_bytes: u64) {
        let full = Duration::from_millis(self.rng.random_range(1_000..4_000));
        if self.volume.can_be_full() {
            self.volume.fill(left_bytes);
            sleep(full).await;
            self.volume.clear();
        } else {
            self.restart_with_reserve(u64::MAX >> 1).await;
            sleep(full).await;
            self.restart_with_reserve(0).await;
        }
        let begun = Instant::now();
        self.load.upload(0).await;
        self.recovered("uploads after a full disk", begun.elapsed());
    }

    async fn restart_with_reserve(&mut self, bytes: u64) {
        self.suite.set(Name::Processor, "STORAGE_RESERVE_BYTES", &bytes.to_string());
        self.suite.stop(Name::Processor).await;
        self.suite.start_service(Name::Processor).await;
    }

    /// The last one is whole but for its answer, which nobody waits for.
    async fn cuts(&mut self) {
        let url = self.suite.url(Name::Web);
        for tenth in 1..=10 {
            let (name, bytes, sha256) = self.load.unacknowledged("cut");
            let request = raw::upload(&self.load.people[0], &name, &bytes);
            self.load.log.begun(&name, &sha256, tenth < 10);
            drop(raw::send(&url, &request[..request.len() * tenth / 10]).await);
        }
    }

    async fn slow_readers(&mut self) {
        let (url, patience) = (self.suite.url(Name::Web), self.scale.slow);
        let mut sockets = JoinSet::new();
        for _ in 0..SLOW {
            let (url, request) = (url.clone(), raw::download(&self.load.people[0], &self.large_file));
            sockets.spawn(async move {
                if let Ok(mut socket) = raw::send(&url, &request).await {
                    let _ = socket.read_u8().await;
                    sleep(patience).await;
                }
            });
        }
        sockets.join_all().await;
    }

    async fn slow_writers(&mut self) {
        let (url, patience) = (self.suite.url(Name::Web), self.scale.slow);
        let mut sockets = JoinSet::new();
        for n in 0..SLOW {
            let (name, bytes, sha256) = self.load.unacknowledged("slow");
            self.load.log.begun(&name, &sha256, true);
            let request = raw::upload(&self.load.people[0], &name, &bytes);
            // Half of them stop in the head.
            let first = if n % 2 == 0 { 40 } else { request.len() / 2 };
            let url = url.clone();
            sockets.spawn(async move {
                let Ok(mut socket) = raw::send(&url, &request[..first]).await else { return };
                let end = Instant::now() + patience;
                for byte in &request[first..] {
                    if Instant::now() > end || socket.write_all(&[*byte]).await.is_err() {
                        return;
                    }
                    sleep(Duration::from_millis(500)).await;
                }
            });
        }
        sockets.join_all().await;
    }
}
