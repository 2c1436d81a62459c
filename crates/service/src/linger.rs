//! An answer is lost when its connection is closed on somebody who is still sending (RFC 9112, section 9.6). So what is left of
//! an upload that has failed is read and thrown away first, for a while.

use crate::serve::BodyDeadline;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long the rest of a request is read, and how much of it.
const LONGEST: Duration = Duration::from_secs(10);
const MAX_BYTES: usize = 1 << 30;
/// The same of strangers, and of people who may not send anything: as much as is on its way before the answer can be.
const MAX_BYTES_OF_REFUSED: usize = 1 << 20;
/// A sender that sends nothing for so long waits for the answer.
const SILENCE: Duration = Duration::from_secs(1);
/// So many are read on at once; the buffers of thousands would be more than a service may have. Who comes beyond that may lose the answer.
const MAX_AT_ONCE: usize = 64;

/// Reads the rest of a request whose answer is a failure, unless the answer closes the connection: that is for whoever sends without
/// end.
pub async fn linger(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Who asks whether to go on sends nothing when the answer is there first, and would when it were read.
    let deadline = parts.extensions.get::<BodyDeadline>().cloned();
    let asks = parts.headers.contains_key(header::EXPECT);
    let mut body = Shared(Arc::new(Mutex::new(Read { body: body.into_data_stream(), has_begun: false })));
    let mut response = next.run(Request::from_parts(parts, Body::from_stream(body.clone()))).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let closes = response.headers().get(header::CONNECTION).is_some_and(|value| value == "close");
    let is_refused = matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let max_bytes = if is_refused { MAX_BYTES_OF_REFUSED } else { MAX_BYTES };
    if failed && !closes && (!asks || body.read().has_begun) {
        static PLACES: Semaphore = Semaphore::const_new(MAX_AT_ONCE);
        let Ok(_place) = PLACES.try_acquire() else {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            return response;
        };
        // What comes now is held by nobody.
        deadline.inspect(BodyDeadline::lift);
        // Whoever is not done by then loses the answer.
        let _ = timeout(LONGEST, read_on(&mut body, max_bytes)).await;
    }
    response
}

async fn read_on(body: &mut Shared, max_bytes: usize) {
    let mut left = max_bytes;
    while let Ok(Some(Ok(chunk))) = timeout(SILENCE, body.next()).await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            return;
        }
        // What is always there would keep everybody else from their turn, and the clock from being looked at.
        tokio::task::consume_budget().await;
    }
}

/// The body of a request, which outlives its handler.
#[derive(Clone)]
struct Shared(Arc<Mutex<Read>>);

struct Read {
    body: BodyDataStream,
    /// Somebody has asked for a part of it.
    has_begun: bool,
}

impl Shared {
    fn read(&self) -> MutexGuard<'_, Read> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut read = self.read();
        read.has_begun = true;
        read.body.poll_next_unpin(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use futures_util::stream;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tower::ServiceExt;

    const SENT_BYTES: usize = 16 << 20;

    /// How much is read of an upload that is answered so.
    async fn read_bytes(status: StatusCode) -> usize {
        let router = Router::new().route("/", post(async move || status)).layer(from_fn(linger));
        let read = Arc::new(AtomicUsize::new(0));
        let count = read.clone();
        let chunk = Bytes::from(vec![0; 64 << 10]);
        let chunks = stream::iter(std::iter::repeat_n(chunk, SENT_BYTES >> 16)).map(move |chunk| {
            count.fetch_add(chunk.len(), Ordering::Relaxed);
            Ok::<_, Infallible>(chunk)
        });
        let response = router.oneshot(Request::post("/").body(Body::from_stream(chunks)).unwrap()).await.unwrap();
        assert_eq!(response.status(), status);
        read.load(Ordering::Relaxed)
    }

    /// A gigabyte was read of whoever had no right to send any.
    #[tokio::test]
    async fn l19_little_is_read_of_strangers() {
        for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
            assert_eq!(read_bytes(status).await, MAX_BYTES_OF_REFUSED, "{status}");
        }
        assert_eq!(read_bytes(StatusCode::PAYLOAD_TOO_LARGE).await, SENT_BYTES, "who may send gets the answer");
        assert_eq!(read_bytes(StatusCode::CREATED).await, 0);
    }
}
