//! A service that said "too many requests" to one request means all of them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Until when a service is sent no request. Cheap to clone; a clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Cooldown(Arc<Mutex<Option<Instant>>>);

impl Cooldown {
    /// Sends it nothing for so long from now on, or longer if that was said already.
    pub fn extend(&self, pause: Duration) {
        let until = Instant::now() + pause;
        if let Ok(mut cooldown) = self.0.lock() {
            *cooldown = Some(cooldown.map_or(until, |earlier| earlier.max(until)));
        }
    }

    /// How much longer it is sent nothing.
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
        let cooldown = Cooldown::default();
        assert_eq!(cooldown.left(), None);
        cooldown.extend(Duration::from_secs(60));
        cooldown.clone().extend(Duration::from_millis(1));
        assert!(cooldown.left().is_some_and(|left| left > Duration::from_secs(50)));
    }
}
