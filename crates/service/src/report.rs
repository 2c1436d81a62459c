//! What a program says of itself, again and again, to wherever its caller writes it.

use crate::Shutdown;
use crate::memory::{Memory, MemorySource};
use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(10);

/// What a program says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfReport {
    /// Where it runs: the machine's or container's name and the port. It stays the same when the program starts again there.
    pub node: String,
    /// The suite's version that it was built from.
    pub version: &'static str,
    /// Its memory.
    pub memory: Memory,
}

impl SelfReport {
    /// The present one of the program that listens on this port.
    pub fn read(port: u16) -> Self {
        // Without a name (no procfs) the port alone tells one machine's programs apart.
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        Self { node: format!("{}:{port}", host.trim()), version: env!("CARGO_PKG_VERSION"), memory: Memory::read() }
    }
}

/// Gives a report to `write` every ten seconds until shutdown. A report that could not be written is made up for by the next; the
/// log says so once for as long as it lasts.
pub async fn keep_reported<F, E>(port: u16, shutdown: Shutdown, write: impl Fn(SelfReport) -> F)
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    if Memory::read().source == MemorySource::Processes {
        tracing::info!(
            "memory is counted over this process and its children: no control group is theirs alone, so no limit is known"
        );
    }
    let mut is_written = true;
    loop {
        match write(SelfReport::read(port)).await {
            Ok(()) => is_written = true,
            Err(error) if is_written => {
                tracing::warn!(%error, "how this program is could not be written down");
                is_written = false;
            }
            Err(_) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = shutdown.begun() => return,
        }
    }
}
