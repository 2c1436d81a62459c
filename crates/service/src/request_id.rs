//! One id per request, from the browser's edge to the processor.

use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use uuid::Uuid;

/// The header that carries it.
pub const REQUEST_ID: &str = "x-request-id";

/// The request's id.
#[derive(Debug, Clone)]
pub struct RequestId(pub HeaderValue);

impl RequestId {
    /// The id that a request was given; a new one where nobody has.
    pub fn of(request: &Request) -> Self {
        request.extensions().get().cloned().unwrap_or_else(fresh)
    }

    /// As text, for the log.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(fresh))
    }
}

/// Gives the request an id, unless it brought a usable one, and its answer the same. Goes around whatever logs requests.
pub async fn assign_request_id(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(REQUEST_ID).filter(|value| is_usable(value.as_bytes())).cloned();
    let id = sent.map_or_else(fresh, RequestId);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, id.0);
    response
}

fn fresh() -> RequestId {
    let id = Uuid::now_v7().simple().to_string();
    RequestId(HeaderValue::try_from(id).expect("hexadecimal digits are fit for a header"))
}

/// Short and plain, so that nobody writes into our logs through it.
fn is_usable(id: &[u8]) -> bool {
    (8..=64).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
