//! A rate limiter (GCRA) with a token bucket for each key: so many tries at once, then one every so often.

use crate::error::Error;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keys remembered at once. Past that the full buckets are forgotten, and if none is, the oldest half.
const MAX_KEYS: usize = 10_000;

/// Counts tries by key. Keys are kept as hashes with a random seed, so no address stays in memory.
pub struct RateLimiter {
    burst: u32,
    refill: Duration,
    seed: RandomState,
    /// When each key's bucket will be full again.
    full_at: Mutex<HashMap<u64, Instant>>,
}

impl RateLimiter {
    /// `burst` tries at once, one more every `refill`.
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { burst, refill, seed: RandomState::new(), full_at: Mutex::default() }
    }

    /// Counts one try, or refuses it and says how long to wait.
    pub fn count(&self, key: &str) -> Result<(), Error> {
        self.count_at(key, Instant::now())
    }

    fn count_at(&self, key: &str, now: Instant) -> Result<(), Error> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MAX_KEYS {
            forget(&mut full_at, now);
        }
        let entry = full_at.entry(self.seed.hash_one(key)).or_insert(now);
        let after = (*entry).max(now) + self.refill;
        let over = after.saturating_duration_since(now + self.refill * self.burst);
        if over > Duration::ZERO {
            return Err(Error::TooManyRequests { retry_after_s: over.as_secs() + 1 });
        }
        *entry = after;
        Ok(())
    }

    /// Takes one try back: it succeeded.
    pub fn give_back(&self, key: &str) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = full_at.get_mut(&self.seed.hash_one(key)) {
            *entry = entry.checked_sub(self.refill).unwrap_or(*entry);
        }
    }
}

fn forget(full_at: &mut HashMap<u64, Instant>, now: Instant) {
    full_at.retain(|_, at| *at > now);
    if full_at.len() >= MAX_KEYS {
        let mut times: Vec<Instant> = full_at.values().copied().collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        full_at.retain(|_, at| *at > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_waits() {
        let limiter = RateLimiter::new(3, Duration::from_secs(10));
        let begin = Instant::now();
        for _ in 0..3 {
            limiter.count_at("a", begin).unwrap();
        }
        assert!(matches!(limiter.count_at("a", begin), Err(Error::TooManyRequests { retry_after_s: 11 })));
        limiter.count_at("b", begin).unwrap();
        let later = begin + Duration::from_secs(10);
        limiter.count_at("a", later).unwrap();
        limiter.count_at("a", later).unwrap_err();
        limiter.give_back("a");
        limiter.count_at("a", later).unwrap();
    }

    #[test]
    fn a_flood_of_keys_does_not_grow_the_memory() {
        let limiter = RateLimiter::new(3, Duration::from_secs(10));
        for key in 0..3 * MAX_KEYS {
            limiter.count(&key.to_string()).unwrap();
        }
        assert!(limiter.full_at.lock().unwrap().len() <= MAX_KEYS);
    }
}
