//! A Postgres of a test's own, in a folder of its own. Unlike the other tests' it is durable: what it acknowledged has to be there
//! after it was stopped in the middle of everything.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::logs::{Millis, now};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};
use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

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
    base: TempDir,
    bin: PathBuf,
    port: u16,
    keeper: Option<Child>,
    /// When it has been started.
    pub starts: Vec<Millis>,
}

impl Cluster {
    /// Makes one, starts it and brings it up to the newest migration.
    pub async fn new() -> Self {
        let base = tempfile::Builder::new().prefix("queue-crash.").tempdir().unwrap();
        let mut cluster = Self { bin: postgres_bin(), port: free_port(), keeper: None, starts: Vec::new(), base };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(cluster.folder()));
        }
        run(cluster.command(&cluster.bin.join("initdb")).arg("--pgdata").arg(cluster.data()).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]));
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
        self.base.path()
    }

    /// How to connect.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
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
        let log = File::options().create(true).append(true).open(self.folder().join("postgres.log")).unwrap();
        let mut keeper = self.command(Path::new("sh"));
        keeper.args(["-c", KEEPER, "keeper"]).arg(self.bin.join("postgres")).arg("-D").arg(self.data());
        keeper.arg("-p").arg(self.port.to_string());
        // Durable by its defaults: fsync, full_page_writes and synchronous_commit are on.
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=32MB", "jit=off"] {
            keeper.arg("-c").arg(setting);
        }
        keeper.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        self.keeper = Some(keeper.spawn().unwrap());
        let answered = tokio::time::timeout(PATIENCE, async {
            while self.connect().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        if answered.await.is_err() {
            panic!("Postgres did not start:\n{}", std::fs::read_to_string(self.folder().join("postgres.log")).unwrap());
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
        self.base.disable_cleanup(true);
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// A program as the user that Postgres is willing to run as: anybody but root.
    fn command(&self, program: &Path) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
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

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// The newest of those Debian installs, which are in nobody's path, or the one in the path.
fn postgres_bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort_by_key(|bin| bin.parent().and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = versions.into_iter().rev().chain(std::env::split_paths(&path));
    let bin = folders.find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists());
    bin.expect("Postgres is installed: initdb and postgres in /usr/lib/postgresql/*/bin or in the path")
}

/// A port nobody uses, below those the kernel gives to clients.
fn free_port() -> u16 {
    let mut ports = std::iter::repeat_with(|| rand::random_range(20_000..32_000));
    ports.find(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok()).unwrap()
}
