//! `POST /api/broadcast`: PageSpace's servers say something to a channel.

use crate::signature::{self, Unusable};
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::SystemTime;

/// Longest name of a channel or an event.
const NAME: usize = 200;

/// A refusal: a status and a sentence.
pub type Refusal = (StatusCode, Json<Value>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Broadcast {
    channel_id: String,
    event: String,
    payload: Value,
}

/// Hands the event to everybody in the channel.
pub async fn broadcast(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Broadcast { channel_id, event, payload } = read_signed(&state, &headers, &body)?;
    if [&channel_id, &event].iter().any(|name| name.trim().is_empty() || name.len() > NAME) {
        return Err(refuse(StatusCode::BAD_REQUEST, "channelId and event are names"));
    }
    state.publisher.broadcast(&channel_id, &event, &payload).await;
    Ok(Json(json!({"success": true})))
}

/// The body, if whoever has the secret signed it just now: 401 if not, 400 if it is not of its form.
pub fn read_signed<T: DeserializeOwned>(state: &AppState, headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    let header = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = SystemTime::now();
    let signature = signature::verify(&state.config.broadcast_secret, header, body, now)
        .ok_or_else(|| refuse(StatusCode::UNAUTHORIZED, "Authentication failed"))?;
    state.seen.take(signature, now).map_err(|unusable| match unusable {
        Unusable::Used => refuse(StatusCode::CONFLICT, "This was received before"),
        Unusable::TooMany => refuse(StatusCode::SERVICE_UNAVAILABLE, "Too many messages in ten minutes"),
    })?;
    serde_json::from_slice(body).map_err(|error| refuse(StatusCode::BAD_REQUEST, &format!("Invalid JSON: {error}")))
}

fn refuse(status: StatusCode, error: &str) -> Refusal {
    (status, Json(json!({"error": error})))
}
