//! A service that said "not so fast" to one request means all of them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Until when a service is left alone. Cheap to clone; a clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Quiet(Arc<Mutex<Option<Instant>>>);

impl Quiet {
    /// Leaves it alone for so long from now on, or longer if that was said already.
    pub fn extend(&self, pause: Duration) {
        let until = Instant::now() + pause;
        if let Ok(mut quiet) = self.0.lock() {
            *quiet = Some(quiet.map_or(until, |earlier| earlier.max(until)));
        }
    }

    /// How much longer it is left alone.
    pub fn left(&self) -> Option<Duration> {
        let until = (*self.0.lock().ok()?)?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_counts() {
        let quiet = Quiet::default();
        assert_eq!(quiet.left(), None);
        quiet.extend(Duration::from_secs(60));
        quiet.clone().extend(Duration::from_millis(1));
        assert!(quiet.left().is_some_and(|left| left > Duration::from_secs(50)));
    }
}
