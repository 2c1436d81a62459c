//! An answer is lost when its connection is closed on somebody who is still sending (RFC 9112, section 9.6). So what is left of
//! an upload that has failed is read and thrown away first, for a while.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// How long the rest of a request is read.
const LONGEST: Duration = Duration::from_secs(10);

/// Reads the rest of a request whose answer is a failure.
pub async fn linger(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Who asks whether to go on sends nothing when the answer is there first, and would when it were read.
    let asks = parts.headers.contains_key(header::EXPECT);
    let mut body = Shared(Arc::new((Mutex::new(body.into_data_stream()), AtomicBool::new(false))));
    let response = next.run(Request::from_parts(parts, Body::from_stream(body.clone()))).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if failed && (!asks || body.was_read()) {
        let rest = async { while body.next().await.is_some_and(|chunk| chunk.is_ok()) {} };
        // Whoever is not done by then loses the answer.
        let _ = tokio::time::timeout(LONGEST, rest).await;
    }
    response
}

/// The body of a request, which outlives its handler.
#[derive(Clone)]
struct Shared(Arc<(Mutex<BodyDataStream>, AtomicBool)>);

impl Shared {
    fn was_read(&self) -> bool {
        self.0.1.load(Ordering::Relaxed)
    }
}

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (body, was_read) = &*self.0;
        was_read.store(true, Ordering::Relaxed);
        body.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
    }
}
