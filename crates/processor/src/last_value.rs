//! A value that is dear to make and asked for by anybody: made by one at a time, and meanwhile everybody else has the last.

use std::sync::{Mutex, PoisonError};

/// The value, once there is one.
pub(crate) struct LastValue<T> {
    turn: tokio::sync::Mutex<()>,
    last: Mutex<Option<T>>,
}

impl<T> Default for LastValue<T> {
    fn default() -> Self {
        Self { turn: tokio::sync::Mutex::default(), last: Mutex::default() }
    }
}

impl<T: Clone> LastValue<T> {
    /// A new value, or the last one while somebody else makes it. Only the first is waited for.
    pub(crate) async fn get<E>(&self, make: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => match self.last() {
                Some(value) => return Ok(value),
                None => self.turn.lock().await,
            },
        };
        let value = make().await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(value.clone());
        Ok(value)
    }

    fn last(&self) -> Option<T> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// L8: whoever asks while somebody counts is not made to wait, so that a flood of questions stops no other.
    #[tokio::test]
    async fn l8_while_one_is_made_the_last_is_given() {
        let value = LastValue::default();
        assert_eq!(value.get(async || Ok::<_, Infallible>(1)).await, Ok(1));
        let _making = value.turn.lock().await;
        assert_eq!(value.get(async || Ok::<_, Infallible>(2)).await, Ok(1));
    }
}
