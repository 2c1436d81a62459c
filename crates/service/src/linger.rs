//! An answer is lost when its connection is closed on somebody who is still sending (RFC 9112, section 9.6). So what is left of
//! an upload that has failed is read and thrown away first, for a while.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

/// How long the rest of a request is read, and how much of it.
const LONGEST: Duration = Duration::from_secs(10);
const MAX_BYTES: usize = 1 << 30;
/// A sender that sends nothing for so long waits for the answer.
const SILENCE: Duration = Duration::from_secs(1);

/// Reads the rest of a request whose answer is a failure, unless the answer closes the connection: that is for whoever sends without
/// end.
pub async fn linger(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Who asks whether to go on sends nothing when the answer is there first, and would when it were read.
    let asks = parts.headers.contains_key(header::EXPECT);
    let mut body = Shared(Arc::new(Mutex::new(Read { body: body.into_data_stream(), has_begun: false })));
    let response = next.run(Request::from_parts(parts, Body::from_stream(body.clone()))).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let closes = response.headers().get(header::CONNECTION).is_some_and(|value| value == "close");
    if failed && !closes && (!asks || body.read().has_begun) {
        // Whoever is not done by then loses the answer.
        let _ = timeout(LONGEST, read_on(&mut body)).await;
    }
    response
}

async fn read_on(body: &mut Shared) {
    let mut left = MAX_BYTES;
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
