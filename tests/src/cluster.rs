//! A Postgres of a test's own, in a folder of its own, with the product's settings. Unlike the other tests' it is durable: what it
//! acknowledged has to be there after it was stopped in the middle of everything.

use crate::postgres_home::{PostgresHome, run};
use sqlx::{Connection, PgConnection};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::Instant;

/// Longer than Postgres takes to start, recover or stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The product's own settings.
const SETTINGS: &str = include_str!("../../deploy/postgres/postgresql.conf");

/// How Postgres is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// `pg_ctl stop -m fast`: connections are ended, everything is written.
    Fast,
    /// `pg_ctl stop -m immediate`: as if it had crashed; the next start recovers.
    Immediate,
    /// kill -9 of the server: its processes find out one by one.
    Kill,
}

impl Stop {
    fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// A Postgres and the folder of everything about it.
pub struct Cluster {
    home: PostgresHome,
    server: Option<Child>,
}

impl Cluster {
    /// Makes one and starts it.
    pub async fn start_new() -> Self {
        let home = PostgresHome::make("suite-postgres-", &[]);
        let mut settings = OpenOptions::new().append(true).open(home.data().join("postgresql.conf")).unwrap();
        settings.write_all(SETTINGS.as_bytes()).unwrap();
        let mut cluster = Self { home, server: None };
        cluster.start().await;
        cluster
    }

    /// How to connect.
    pub fn url(&self) -> String {
        self.home.url()
    }

    /// Starts it and waits until it answers. One that meets the last processes of a killed one is started again.
    pub async fn start(&mut self) {
        let end = Instant::now() + PATIENCE;
        let mut server = self.spawn();
        while PgConnection::connect(&self.url()).await.is_err() {
            if server.try_wait().unwrap().is_some() {
                server = self.spawn();
            }
            assert!(Instant::now() < end, "Postgres did not start:\n{}", self.home.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.server = Some(server);
    }

    /// Stops it and waits until it is gone.
    pub fn stop(&mut self, how: Stop) {
        let mut server = self.server.take().expect("it runs");
        run(Command::new("kill").args(["-s", how.signal(), &server.id().to_string()]));
        server.wait().unwrap();
    }

    /// It is the process itself, and ends with the thread that started it.
    fn spawn(&self) -> Child {
        let mut server = self.home.server(Path::new("setpriv"), &["--pdeathsig", "QUIT", "--"]);
        server.stdin(Stdio::null()).spawn().unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.stop(Stop::Immediate);
        }
    }
}
