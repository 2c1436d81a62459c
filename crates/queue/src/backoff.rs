//! How long to wait before the next attempt: twice as long each time, and never all at the same moment.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(600);

/// The pause after attempt number `attempt`, a quarter more or less: jobs that failed together, because something they
/// share was down, do not come back together.
pub(crate) fn after(attempt: i16) -> Duration {
    let doubled = FIRST * 2u32.pow(u32::from(attempt.clamp(1, 12).unsigned_abs()) - 1);
    doubled.min(LONGEST).mul_f64(rand::random_range(0.75..1.25))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_ten_minutes_with_jitter() {
        for (attempt, seconds) in [(0, 2.0), (1, 2.0), (2, 4.0), (5, 32.0), (9, 512.0), (10, 600.0), (i16::MAX, 600.0)]
        {
            let pause = after(attempt).as_secs_f64();
            assert!((seconds * 0.75..=seconds * 1.25).contains(&pause), "{attempt}: {pause}");
        }
        let pauses: std::collections::HashSet<_> = (0..20).map(|_| after(3)).collect();
        assert!(pauses.len() > 10, "no jitter");
    }
}
