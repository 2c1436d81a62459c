//! The body of a request on its way to the file store, with a clock for its sender: one that sends next to nothing is given up.

use axum::body::{Body, Bytes};
use futures_util::{Stream, StreamExt, stream};
use service::Credit;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

/// How long a sender may send nothing at first, and when it is known to be at work. On average it sends 1 kB a second.
const FIRST_SILENCE: Duration = Duration::from_secs(12);
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// What becomes of a body.
pub struct Watched {
    /// Ends with an error when nothing more will be read of the body, for whatever reason.
    pub is_over: oneshot::Receiver<()>,
    is_stalled: Arc<AtomicBool>,
}

impl Watched {
    /// Its sender was given up.
    pub fn is_stalled(&self) -> bool {
        self.is_stalled.load(Ordering::Relaxed)
    }
}

/// The time of somebody who sends a file.
pub fn sender_credit() -> Credit {
    Credit::new(FIRST_SILENCE, LONGEST_SILENCE)
}

/// The same bytes as they come. A body that breaks off or stalls ends with an error and never as if it were whole.
pub fn watch(body: Body) -> (impl Stream<Item = io::Result<Bytes>> + Send + 'static, Watched) {
    watch_with(body, sender_credit())
}

fn watch_with(body: Body, credit: Credit) -> (impl Stream<Item = io::Result<Bytes>> + Send + 'static, Watched) {
    let (over, is_over) = oneshot::channel::<()>();
    let is_stalled = Arc::new(AtomicBool::new(false));
    let stalled = is_stalled.clone();
    let begun = Some((body.into_data_stream(), credit, 0u64, over));
    let chunks = stream::unfold(begun, move |going| {
        let stalled = stalled.clone();
        async move {
            let (mut body, mut credit, mut passed_bytes, over) = going?;
            // Only the sender is waited for here: while the file store takes its time, nobody's runs out.
            let waiting_since = Instant::now();
            match timeout(credit.left(), body.next()).await {
                Err(_) => {
                    stalled.store(true, Ordering::Relaxed);
                    Some((Err(io::ErrorKind::TimedOut.into()), None))
                }
                Ok(None) => None,
                Ok(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
                Ok(Some(Ok(chunk))) => {
                    credit.spend(waiting_since.elapsed());
                    passed_bytes += chunk.len() as u64;
                    credit.earn(passed_bytes);
                    Some((Ok(chunk), Some((body, credit, passed_bytes, over))))
                }
            }
        }
    });
    (chunks, Watched { is_over, is_stalled })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// H1, of pieces: one that trickles is given up, and what is behind it sees no whole piece.
    #[tokio::test]
    async fn h1_a_piece_that_trickles_is_given_up() {
        let bytes = stream::iter(0..100).then(async |_| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, Infallible>(Bytes::from_static(b"x"))
        });
        let short = Duration::from_millis(200);
        let (chunks, watched) = watch_with(Body::from_stream(bytes), Credit::new(short, short));
        let passed: Vec<_> = chunks.collect().await;
        assert!(passed.last().unwrap().as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut));
        assert!(passed.len() < 100 && watched.is_stalled());
        assert!(watched.is_over.await.is_err(), "nothing more comes");
    }
}
