//! Waiting for what must come, with an end.

use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Longer than anything here takes on a small and busy machine.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Asks until there is an answer; panics, saying what was waited for, when there never is.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    let mut pace = interval(Duration::from_millis(20));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} in vain: {what}");
    }
}
