//! A Postgres of a test's own, in a folder of its own, with the product's settings. Unlike the other tests' it is durable: what it
//! acknowledged has to be there after it was stopped in the middle of everything.

use sqlx::{Connection, PgConnection};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
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
    base: TempDir,
    bin: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Makes one and starts it.
    pub async fn start_new() -> Self {
        let base = tempfile::Builder::new().prefix("suite-postgres-").tempdir().unwrap();
        let mut cluster = Self { bin: postgres_bin(), port: free_port(), server: None, base };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(cluster.base.path()));
        }
        let initdb =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"];
        run(cluster.command(&cluster.bin.join("initdb")).arg("--pgdata").arg(cluster.data()).args(initdb));
        let mut settings = OpenOptions::new().append(true).open(cluster.data().join("postgresql.conf")).unwrap();
        settings.write_all(SETTINGS.as_bytes()).unwrap();
        cluster.start().await;
        cluster
    }

    /// How to connect.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it and waits until it answers. One that meets the last processes of a killed one is started again.
    pub async fn start(&mut self) {
        let end = Instant::now() + PATIENCE;
        let mut server = self.spawn();
        while PgConnection::connect(&self.url()).await.is_err() {
            if server.try_wait().unwrap().is_some() {
                server = self.spawn();
            }
            let log = || std::fs::read_to_string(self.log()).unwrap_or_default();
            assert!(Instant::now() < end, "Postgres did not start:\n{}", log());
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
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut server = self.command(Path::new("setpriv"));
        server.args(["--pdeathsig", "QUIT", "--"]).arg(self.bin.join("postgres")).arg("-D").arg(self.data());
        server.args(["-p", &self.port.to_string()]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        server.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    fn data(&self) -> PathBuf {
        self.base.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.base.path().join("postgres.log")
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
        if self.server.is_some() {
            self.stop(Stop::Immediate);
        }
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Whether this is root, who may mount folders and whom Postgres refuses.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0"
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
