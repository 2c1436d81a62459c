//! One service: its process, its port, its log.

use crate::wait::eventually;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

/// A running service.
pub struct Service {
    /// Where it listens.
    pub url: String,
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Starts `binary` on `port`, appending what it says to `log`, and waits until it is healthy.
    pub(crate) async fn start(binary: &Path, port: u16, settings: &[(String, String)], log: PathBuf) -> Self {
        let child = command(binary, settings, &log).env("PORT", port.to_string()).spawn().unwrap();
        let mut service = Self { url: format!("http://127.0.0.1:{port}"), child, log };
        service.is_healthy().await;
        service
    }

    async fn is_healthy(&mut self) {
        let url = format!("{}/health", self.url);
        let what = format!("{url} answers ({})", self.log.display());
        let Self { child, log, .. } = self;
        eventually(&what, async || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("it ended with {status}:\n{}", tail(log));
            }
            let answer = reqwest::get(&url).await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal: `TERM`, `KILL`, `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(done.success(), "kill -{name}");
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        eventually("the service ends", async || child.try_wait().unwrap()).await
    }

    /// The last lines of its log.
    pub fn log(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a binary that ends by itself.
pub(crate) async fn run(binary: &Path, settings: &[(String, String)], log: &Path) {
    let mut child = command(binary, settings, log).spawn().unwrap();
    let status = eventually(&binary.display().to_string(), async || child.try_wait().unwrap()).await;
    assert!(status.success(), "{} ended with {status}:\n{}", binary.display(), tail(log));
}

/// Nothing of the caller's environment reaches a service but where programs are.
fn command(binary: &Path, settings: &[(String, String)], log: &Path) -> Command {
    assert!(binary.exists(), "{} is not there; build the binaries first (`make test` does)", binary.display());
    let log = OpenOptions::new().create(true).append(true).open(log).unwrap();
    let mut command = Command::new(binary);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command.stdin(std::process::Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    command
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
