//! The folder of a Postgres of a test's own, and its programs, run as somebody whom they are willing to run as.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder with a new cluster, and the port that it is to listen on.
pub struct PostgresHome {
    base: TempDir,
    bin: PathBuf,
    port: u16,
}

impl PostgresHome {
    /// Makes it. The options are further ones of initdb.
    pub fn make(prefix: &str, options: &[&str]) -> Self {
        let base = tempfile::Builder::new().prefix(prefix).tempdir().unwrap();
        let home = Self { bin: postgres_bin(), port: free_port(), base };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(home.folder()));
        }
        let usual = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"];
        run(home.command(&home.bin.join("initdb")).arg("--pgdata").arg(home.data()).args(usual).args(options));
        home
    }

    /// Everything about it: the data and the log.
    pub fn folder(&self) -> &Path {
        self.base.path()
    }

    /// What Postgres keeps.
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// How to connect.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A command whose arguments, added to, run the server; what it says goes to the log.
    pub fn server(&self, starter: &Path, before: &[&str]) -> Command {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = self.command(starter);
        command
            .args(before)
            .arg(self.bin.join("postgres"))
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()]);
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        command.stdout(log.try_clone().unwrap()).stderr(log);
        command
    }

    /// What the server has said.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Leaves the folder behind, for somebody to read.
    pub fn keep(&mut self) {
        self.base.disable_cleanup(true);
    }

    fn log(&self) -> PathBuf {
        self.folder().join("postgres.log")
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

pub(crate) fn run(command: &mut Command) {
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
