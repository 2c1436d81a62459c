//! No request is worked on without end: whatever it waits for, its answer begins in time or it is given up.

use crate::error::Error;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::BodyDeadline;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// Longest time until an answer begins: twice the longest that the processor's is waited for.
const LONGEST: Duration = Duration::from_secs(120);

/// Answers 503 when nothing else was in time. Routes with a clock of their own keep to that.
pub async fn bound(request: Request, next: Next) -> Response {
    begin_within(LONGEST, request, next).await
}

async fn begin_within(longest: Duration, request: Request, next: Next) -> Response {
    let deadline = request.extensions().get::<BodyDeadline>().cloned();
    let mut answering = pin!(next.run(request));
    if let Ok(response) = timeout(longest, &mut answering).await {
        return response;
    }
    if deadline.is_some_and(|deadline| deadline.is_lifted()) {
        return answering.await;
    }
    Error::Unavailable("server").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::http::{StatusCode, header};
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_request_that_nobody_answers_is_given_up() {
        let bound = from_fn(|request, next| begin_within(Duration::from_millis(50), request, next));
        let router = Router::new().route("/", get(std::future::pending::<()>)).layer(bound);
        let response = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }
}
