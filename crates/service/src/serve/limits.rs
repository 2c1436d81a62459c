//! How much of the process clients may hold, and for how long.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The bounds of one listener.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Most connections at once.
    pub in_all: usize,
    /// Bounds of one client, where clients are strangers.
    pub per_address: Option<PerAddress>,
    /// Most bytes of requests that have begun and are not whole: heads, and bodies that a handler waits for.
    pub unfinished_bytes: usize,
    /// Longest time for a whole head, from the connection's start or the head's first byte.
    pub head_timeout: Duration,
    /// Longest time for a whole body, where the route has no clock of its own.
    pub body_timeout: Duration,
    /// Longest silence between two requests of a connection, where its address has no bound of its own.
    pub idle_timeout: Duration,
    /// How clients take their answers.
    pub readers: ReaderLimits,
}

/// How slowly clients may take their answers: 1 kB a second on average.
#[derive(Debug, Clone, Copy)]
pub struct ReaderLimits {
    /// How long a client may take nothing at first. What it takes faster than the average makes this no longer, as far as its own
    /// kernel's memory could have taken it.
    pub first_silence: Duration,
    /// How long one may that is known to read.
    pub longest_silence: Duration,
    /// Most bytes of answers that wait for those who take nothing now.
    pub held_bytes: usize,
    /// Most bytes of a connection that the kernel keeps before they are on their way; as many as it likes when nothing is said.
    pub unsent_bytes: Option<u32>,
}

impl ReaderLimits {
    /// For programs that read on behalf of others, who may be slow: proxies, and ours. A proxy without buffers of its own takes
    /// a phone's answer in steps of a megabyte.
    pub fn internal() -> Self {
        let silence = Duration::from_secs(900);
        Self { first_silence: silence, longest_silence: silence, held_bytes: 64 << 20, unsent_bytes: None }
    }

    /// For strangers.
    pub fn public() -> Self {
        Self {
            first_silence: Duration::from_secs(12),
            longest_silence: Duration::from_secs(60),
            held_bytes: 8 << 20,
            unsent_bytes: Some(64 << 10),
        }
    }
}

/// The bounds of one client address. IPv6 clients are counted by their /64, since one customer has all of it.
#[derive(Clone)]
pub struct PerAddress {
    /// Most connections at once.
    pub connections: usize,
    /// Most bytes of unfinished requests.
    pub unfinished_bytes: usize,
    /// Longest silence between two requests of a connection.
    pub idle_timeout: Duration,
    /// How it takes its answers.
    pub readers: ReaderLimits,
    /// Addresses that speak for many clients: our own reverse proxies. Only the bounds for all hold for them.
    pub is_exempt: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
}

impl ConnectionLimits {
    /// For ports that only our own programs and this machine reach.
    pub fn internal() -> Self {
        Self {
            in_all: 16_384,
            per_address: None,
            unfinished_bytes: 64 << 20,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            // Longer than our own clients keep an idle connection, so that none is closed in the moment of its use.
            idle_timeout: Duration::from_secs(75),
            readers: ReaderLimits::internal(),
        }
    }

    /// For the port that strangers reach. An attacker with one address gets a fraction of what all may take.
    pub fn public(
        in_all: usize,
        per_address: usize,
        is_exempt: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            in_all,
            per_address: Some(PerAddress {
                connections: per_address,
                unfinished_bytes: 8 << 20,
                // As long as a page's requests are apart, and no longer than half a head is waited for.
                idle_timeout: Duration::from_secs(10),
                readers: ReaderLimits::public(),
                is_exempt: Arc::new(is_exempt),
            }),
            // In buffers they take some three times as much.
            unfinished_bytes: 14 << 20,
            // So do answers.
            readers: ReaderLimits { held_bytes: 20 << 20, ..ReaderLimits::internal() },
            ..Self::internal()
        }
    }
}

impl fmt::Debug for PerAddress {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("PerAddress")
            .field("connections", &self.connections)
            .field("unfinished_bytes", &self.unfinished_bytes)
            .field("idle_timeout", &self.idle_timeout)
            .field("readers", &self.readers)
            .finish_non_exhaustive()
    }
}

/// Raises the soft limit of open files to the hard one: a shell's usual 1,024 is fewer than the connections a service
/// takes. Answers with the limit in force.
pub fn raise_open_files() -> u64 {
    let now = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: now.maximum, maximum: now.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => now.maximum.unwrap_or(u64::MAX),
        Err(error) => {
            tracing::warn!(%error, "the limit of open files stays as it is");
            now.current.unwrap_or(u64::MAX)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_files_are_raised_to_the_hard_limit() {
        let hard = getrlimit(Resource::Nofile).maximum;
        assert_eq!(raise_open_files(), hard.unwrap_or(u64::MAX));
        assert_eq!(getrlimit(Resource::Nofile).current, hard);
    }
}
