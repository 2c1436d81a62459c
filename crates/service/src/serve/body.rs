//! Bodies on a connection's clock: a request's must come in time, and the end of an answer's makes the connection idle.

use super::connection::Connection;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// The deadline of a request's body, among the request's extensions.
#[derive(Debug, Clone)]
pub struct BodyDeadline(Arc<Deadline>);

#[derive(Debug)]
struct Deadline {
    is_lifted: AtomicBool,
    connection: Arc<Connection>,
}

impl BodyDeadline {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        Self(Arc::new(Deadline { is_lifted: AtomicBool::new(false), connection }))
    }

    /// Takes the deadline away: the route has a clock of its own, and lets nothing of the body lie in memory.
    pub fn lift(&self) {
        self.0.is_lifted.store(true, Ordering::Relaxed);
        self.0.connection.has_own_clock();
    }

    /// The route has a clock of its own.
    pub fn is_lifted(&self) -> bool {
        self.0.is_lifted.load(Ordering::Relaxed)
    }
}

/// For routes that take large files: their bodies may come for hours, by the route's own clock.
pub async fn without_body_deadline(request: Request, next: Next) -> Response {
    if let Some(deadline) = request.extensions().get::<BodyDeadline>() {
        deadline.lift();
    }
    next.run(request).await
}

/// A request's body, which fails when it is not whole in time.
pub(super) struct TimedBody {
    body: Incoming,
    deadline: BodyDeadline,
    clock: Pin<Box<Sleep>>,
}

impl TimedBody {
    pub(super) fn new(body: Incoming, longest: Duration, deadline: BodyDeadline) -> Self {
        Self { body, deadline, clock: Box::pin(sleep(longest)) }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Pending if !self.deadline.is_lifted() && self.clock.as_mut().poll(context).is_ready() => {
                let late = io::Error::new(io::ErrorKind::TimedOut, "the request's body did not come in time");
                return Poll::Ready(Some(Err(late.into())));
            }
            Poll::Ready(None) => self.deadline.0.connection.has_body(),
            Poll::Pending | Poll::Ready(Some(_)) => {}
        }
        polled.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        self.deadline.0.connection.has_body();
    }
}

/// An answer's body. When it is gone, so is the request.
pub(super) struct AnswerBody {
    body: Body,
    connection: Arc<Connection>,
}

impl AnswerBody {
    pub(super) fn new(body: Body, connection: Arc<Connection>) -> Self {
        Self { body, connection }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.connection.is_answered();
    }
}
