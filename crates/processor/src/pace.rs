//! How slowly a file may come.

use crate::error::Error;
use bytes::Bytes;
use model::wire;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Refuses senders that hold a connection and send next to nothing: 1 kB a second after the first ten, never a minute of silence,
/// and a day in all.
pub(crate) struct Pace {
    started: Instant,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), bytes: 0 }
    }

    /// The next bytes of a sender, if they come in time. Dropped before, it has taken none.
    pub(crate) async fn next<E>(
        &mut self,
        chunk: impl Future<Output = Result<Option<Bytes>, E>>,
    ) -> Result<Option<Bytes>, Error>
    where
        Error: From<E>,
    {
        let chunk = timeout_at(self.deadline(Instant::now()), chunk).await.map_err(|_| Error::TooSlow)??;
        self.bytes += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        Ok(chunk)
    }

    /// Until when the next bytes have to come.
    fn deadline(&self, now: Instant) -> Instant {
        let earned = self.started + Duration::from_secs(10) + Duration::from_millis(self.bytes.min(1 << 40));
        earned.min(now + Duration::from_secs(60)).min(self.started + wire::LONGEST_UPLOAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M13: at 1 kB a second the largest file took 24 days, and what was asked before it was long out of date.
    #[test]
    fn m13_no_upload_takes_longer_than_a_day() {
        let started = Instant::now();
        let at = |seconds| started + Duration::from_secs(seconds);
        let pace = Pace { started, bytes: 2 << 30 };
        assert_eq!(pace.deadline(at(3600)), at(3660));
        assert_eq!(pace.deadline(at(24 * 3600 - 1)), at(24 * 3600));
        assert_eq!(Pace { started, bytes: 5000 }.deadline(at(1)), at(15));
    }
}
