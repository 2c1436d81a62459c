//! How long somebody may be waited for who sends or takes bytes: time is paid for with them.

use std::time::Duration;

/// What they send or take on average at the least, in bytes a millisecond: 1 kB a second.
const BYTES_PER_MS: u64 = 1;
/// More than a client's kernel takes by itself, and than a stranger gives for half a minute: who has come so far is at work.
const AT_WORK_BYTES: u64 = 1 << 20;

/// The time that is left to one of them.
#[derive(Debug)]
pub struct Credit {
    first_ms: i64,
    longest_ms: i64,
    left_ms: i64,
    bytes: u64,
}

impl Credit {
    /// So long they may be silent at first, and so long when they are known to be at work.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let [first_ms, longest_ms] = [first, longest].map(|time| time.as_millis() as i64);
        Self { first_ms, longest_ms, left_ms: first_ms, bytes: 0 }
    }

    /// So long they were waited for.
    pub fn spend(&mut self, waited: Duration) {
        self.left_ms = self.left_ms.saturating_sub_unsigned(waited.as_millis() as u64);
    }

    /// So many bytes they have sent or taken in all. Says whether they are more than before.
    pub fn earn(&mut self, bytes: u64) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        self.bytes += more;
        // Who is at work may be silent for longer: in a tunnel, or while a film is halted.
        let is_at_work = self.bytes >= AT_WORK_BYTES;
        let most_ms = if is_at_work { self.longest_ms.max(self.first_ms) } else { self.first_ms };
        self.left_ms = self.left_ms.saturating_add_unsigned(more / BYTES_PER_MS).min(most_ms);
        more > 0
    }

    /// Nothing is left.
    pub fn is_over(&self) -> bool {
        self.left_ms <= 0
    }

    /// What is left.
    pub fn left(&self) -> Duration {
        Duration::from_millis(self.left_ms.max(0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the time of somebody is over who has sent or taken so many bytes at once, and then so many each time so many seconds have
    /// passed.
    #[track_caller]
    fn check(first_bytes: u64, step_bytes: u64, step_s: u64, over_after_s: Option<u64>) {
        let mut credit = Credit::new(Duration::from_secs(12), Duration::from_secs(60));
        let mut bytes = first_bytes;
        let over = (1..36_000).find(|second| {
            credit.spend(Duration::from_secs(1));
            bytes += if second % step_s == 0 { step_bytes } else { 0 };
            credit.earn(bytes);
            credit.is_over()
        });
        assert_eq!(over, over_after_s);
    }

    #[test]
    fn a_kilobyte_a_second_is_enough() {
        check(0, 2_000, 1, None);
        check(0, 20_000, 10, None);
        check(100_000, 22_000, 11, None);
        check(0, 1, 1, Some(13));
        check(500_000, 1, 1, Some(14));
        // Who has come to a megabyte may pause, and cannot save up for more.
        check(2 << 20, 100_000, 50, None);
        check(1 << 40, 0, 1, Some(61));
    }
}
