//! A file on its way in from outside: counted, bounded, and given up when its server is too slow.

use crate::outbound::OutboundError;
use bytes::Bytes;
use futures_util::{Stream, stream};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use model::wire::LONGEST_IMPORT;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long nothing may come at first, as the processor has it, and later.
const FIRST_SILENCE: Duration = Duration::from_secs(10);
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// How far a file has come, and why it comes no further. Clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    bytes: Arc<AtomicU64>,
    length_bytes: Arc<OnceLock<u64>>,
    error: Arc<Mutex<Option<OutboundError>>>,
}

impl Counted {
    /// How many bytes have come.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many there are, once that is known, where the server says so.
    pub(crate) fn length_bytes(&self) -> Option<u64> {
        self.length_bytes.get().copied()
    }

    /// There are so many.
    pub(super) fn set_length(&self, bytes: u64) {
        self.length_bytes.get_or_init(|| bytes);
    }

    /// Why it ended before its end, if it did.
    pub(super) fn error(&self) -> Option<OutboundError> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fail(&self, error: OutboundError) -> io::Error {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        io::ErrorKind::UnexpectedEof.into()
    }

    /// The bytes as they come, at most so many. What breaks off, is too much or too slow ends with an error, and never as if it were
    /// whole.
    pub(super) fn pass(
        &self,
        body: Incoming,
        limit_bytes: u64,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let (counted, begun) = (self.clone(), Instant::now());
        stream::unfold(Some(body), move |body| {
            let counted = counted.clone();
            async move {
                let mut body = body?;
                let bytes = counted.bytes();
                let frame = match timeout_at(deadline(begun, Instant::now(), bytes), body.frame()).await {
                    Err(_) => return Some((Err(counted.fail(OutboundError::TooSlow)), None)),
                    Ok(None) => return None,
                    Ok(Some(Err(_))) => return Some((Err(counted.fail(OutboundError::BrokeOff)), None)),
                    Ok(Some(Ok(frame))) => frame,
                };
                // Trailers are nothing of the file's.
                let chunk = frame.into_data().unwrap_or_default();
                let bytes = bytes + chunk.len() as u64;
                if bytes > limit_bytes {
                    return Some((Err(counted.fail(OutboundError::TooLarge { limit_bytes })), None));
                }
                counted.bytes.store(bytes, Ordering::Relaxed);
                Some((Ok(chunk), Some(body)))
            }
        })
    }

    /// How many bytes it was, in digits. Known when the file is over, and to be asked no sooner.
    pub(super) fn size(&self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let counted = self.clone();
        stream::once(async move { Ok(Bytes::from(counted.bytes().to_string())) })
    }
}

/// Until when the next bytes have to come: on average a kilobyte comes in a second.
fn deadline(begun: Instant, now: Instant, bytes: u64) -> Instant {
    let earned = begun + FIRST_SILENCE + Duration::from_millis(bytes.min(1 << 40));
    earned.min(now + LONGEST_SILENCE).min(begun + LONGEST_IMPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_next_to_nothing_is_given_up() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(deadline(begun, begun, 0), at(10));
        assert_eq!(deadline(begun, at(9), 1000), at(11), "a kilobyte pays for a second");
        assert_eq!(deadline(begun, at(100), 2 << 30), at(130));
        assert_eq!(deadline(begun, at(3599), 2 << 30), at(3600), "and nobody has more than an hour");
    }
}
