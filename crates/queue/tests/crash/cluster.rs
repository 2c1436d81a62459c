//! A Postgres of a test's own, in a folder of its own. Unlike the other tests' it is durable: what it acknowledged has to be there
//! after it was stopped in the middle of everything.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::logs::{Millis, now};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;
use system_tests::PostgresHome;

/// Longer than Postgres takes to start, recover or stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs Postgres, ends it with the signal it is told, or at once when whoever started it is gone.
const KEEPER: &str = r#""$@" & child=$!; read -r how; kill -s "${how:-QUIT}" "$child"; wait "$child""#;

/// How Postgres is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// `pg_ctl stop -m fast`: connections are ended, everything is written.
    Fast,
    /// `pg_ctl stop -m immediate`: as if it had crashed; the next start recovers.
    Immediate,
}

/// A Postgres and the folder of everything about it.
pub struct Cluster {
    home: PostgresHome,
    keeper: Option<Child>,
    /// When it has been started.
    pub starts: Vec<Millis>,
}

impl Cluster {
    /// Makes one, starts it and brings it up to the newest migration.
    pub async fn new() -> Self {
        let home = PostgresHome::make("queue-crash.", &["--no-sync"]);
        let mut cluster = Self { home, keeper: None, starts: Vec::new() };
        cluster.start().await;
        let mut conn = cluster.connect().await.unwrap();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        Migrator::new(migrations).await.unwrap().run(&mut conn).await.unwrap();
        sqlx::raw_sql("create table effects (job_id bigint not null, node text not null)")
            .execute(&mut conn)
            .await
            .unwrap();
        cluster
    }

    /// Where the logs are kept.
    pub fn folder(&self) -> &Path {
        self.home.folder()
    }

    /// How to connect.
    pub fn url(&self) -> String {
        self.home.url()
    }

    /// A few connections. They come back after a restart.
    pub fn pool(&self, connections: u32) -> PgPool {
        let options = PgPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(3));
        options.connect_lazy(&self.url()).unwrap()
    }

    /// One connection.
    pub async fn connect(&self) -> sqlx::Result<PgConnection> {
        PgConnection::connect(&self.url()).await
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) {
        let mut keeper = self.home.server(Path::new("sh"), &["-c", KEEPER, "keeper"]);
        // Durable by its defaults: fsync, full_page_writes and synchronous_commit are on.
        keeper.args(["-c", "shared_buffers=32MB", "-c", "jit=off"]).stdin(Stdio::piped());
        self.keeper = Some(keeper.spawn().unwrap());
        let answered = tokio::time::timeout(PATIENCE, async {
            while self.connect().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        if answered.await.is_err() {
            panic!("Postgres did not start:\n{}", self.home.said());
        }
        self.starts.push(now());
    }

    /// Stops it and waits until it is gone.
    pub fn stop(&mut self, how: Stop) {
        let mut keeper = self.keeper.take().expect("it runs");
        let signal = match how {
            Stop::Fast => "INT",
            Stop::Immediate => "QUIT",
        };
        writeln!(keeper.stdin.take().unwrap(), "{signal}").unwrap();
        keeper.wait().unwrap();
    }

    /// Leaves the folder behind, for somebody to read.
    pub fn keep(&mut self) {
        self.home.keep();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}
