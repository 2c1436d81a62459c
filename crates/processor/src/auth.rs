//! Who may call: whoever has the service token.

use crate::AppState;
use crate::error::Error;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq;

/// Refuses callers without the token, before anything of their body is read.
pub(crate) async fn require_token(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if is_trusted(&state, request.headers()) { Ok(next.run(request).await) } else { Err(Error::Unauthorized) }
}

/// True with the right token, or when none is required. The comparison takes the same time wherever the tokens differ.
pub(crate) fn is_trusted(state: &AppState, headers: &HeaderMap) -> bool {
    let Some(token) = &state.config.token else { return true };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.trim().as_bytes().ct_eq(token.as_bytes()).into()
}
