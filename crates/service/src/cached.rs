//! A value that is dear to make and asked for by anybody: made by one at a time, and believed for a while.

use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The value, once there is one.
#[derive(Debug)]
pub struct Cached<T> {
    fresh_for: Duration,
    last: Mutex<Option<(Instant, T)>>,
}

impl<T: Clone> Cached<T> {
    /// Without a value. One is believed for so long.
    pub fn new(fresh_for: Duration) -> Self {
        Self { fresh_for, last: Mutex::const_new(None) }
    }

    /// The last value while it is believed, else a new one. However many ask, one makes it; the others hold nothing meanwhile.
    ///
    /// # Errors
    /// What making it ended with, and nobody else is told: the next one tries again.
    pub async fn get<E>(&self, make: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut last = self.last.lock().await;
        if let Some((at, value)) = &*last
            && at.elapsed() < self.fresh_for
        {
            return Ok(value.clone());
        }
        let value = make().await?;
        *last = Some((Instant::now(), value.clone()));
        Ok(value)
    }

    /// Believes the last value no longer.
    pub async fn forget(&self) {
        *self.last.lock().await = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// M16: each of a stranger's questions took a connection of the pool.
    #[tokio::test]
    async fn m16_however_many_ask_one_makes_the_value() {
        let (value, made) = (Cached::new(Duration::from_secs(3600)), AtomicU32::new(0));
        let make = async || {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(made.fetch_add(1, Ordering::Relaxed))
        };
        let asked = (0..100).map(|_| value.get(make));
        let answers = futures_util::future::join_all(asked).await;
        assert!(answers.iter().all(|answer| *answer == Ok(0)));
        value.forget().await;
        assert_eq!(value.get(make).await, Ok(1));
        let never = Cached::new(Duration::ZERO);
        assert_eq!((never.get(make).await, never.get(make).await), (Ok(2), Ok(3)));
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let value = Cached::new(Duration::from_secs(3600));
        assert_eq!(value.get(async || Err::<u32, _>("no")).await, Err("no"));
        assert_eq!(value.get(async || Ok::<_, &str>(1)).await, Ok(1));
    }
}
