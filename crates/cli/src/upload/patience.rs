//! Trying again what may well succeed a little later.

use crate::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Failures one after the other until it is given up: a minute of pauses, and what the tries themselves take.
const MOST: u32 = 9;
/// The first pause; each is twice the one before.
const FIRST: Duration = Duration::from_millis(250);
/// The longest pause of ours. What the server asks for counts, too.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest pause that the server may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(120);

/// How often something has failed since it last went on.
pub struct Patience<'a> {
    failures: u32,
    /// True when nothing is to be tried any more.
    ended: &'a AtomicBool,
}

impl<'a> Patience<'a> {
    /// Nothing has failed yet.
    pub fn new(ended: &'a AtomicBool) -> Self {
        Self { failures: 0, ended }
    }

    /// It went on.
    pub fn renew(&mut self) {
        self.failures = 0;
    }

    /// Waits until it is worth another try, or gives the error back when it is not.
    pub fn wait(&mut self, error: Error) -> Result<(), Error> {
        // A server that asks to come later is there, and knows when it has time.
        if !error.has_status(429) {
            self.failures += 1;
        }
        if !error.is_passing() || self.failures >= MOST {
            return Err(error);
        }
        let until = Instant::now() + pause(self.failures, &error);
        while Instant::now() < until {
            if self.ended.load(Ordering::Relaxed) {
                return Err(error);
            }
            thread::sleep((until - Instant::now()).min(Duration::from_millis(100)));
        }
        Ok(())
    }
}

fn pause(failures: u32, error: &Error) -> Duration {
    let asked = match error {
        Error::Refused { retry_after_s: Some(seconds), .. } => Duration::from_secs(*seconds).min(LONGEST_ASKED),
        _ => Duration::ZERO,
    };
    asked.max((FIRST * 2u32.pow(failures.saturating_sub(1).min(10))).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_no_shorter_than_asked_for() {
        let away = Error::Unreachable(String::new());
        let pauses: Vec<u128> = (1..=9).map(|failures| pause(failures, &away).as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        let busy = |seconds| Error::Refused {
            status: 503,
            code: "busy".into(),
            detail: String::new(),
            retry_after_s: Some(seconds),
        };
        assert_eq!(pause(1, &busy(5)), Duration::from_secs(5));
        assert_eq!(pause(8, &busy(5)), LONGEST);
        assert_eq!(pause(1, &busy(86_400)), LONGEST_ASKED);
    }

    #[test]
    fn what_does_not_pass_is_not_waited_for() {
        let ended = AtomicBool::new(false);
        let mut patience = Patience::new(&ended);
        assert!(patience.wait(Error::NotSignedIn(String::new())).is_err());
        assert!(patience.wait(Error::Unreachable(String::new())).is_ok());
        ended.store(true, Ordering::Relaxed);
        assert!(patience.wait(Error::Unreachable(String::new())).is_err(), "somebody else has given up");
    }
}
