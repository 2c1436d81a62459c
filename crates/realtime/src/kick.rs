//! `POST /api/kick`: takes a person out of a room at once, and checks the person's other rights again. Whoever took a right away
//! calls it before answering.

use crate::broadcast::{Refusal, read_signed};
use crate::reauthorize::reauthorize;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kick {
    user_id: String,
    room_pattern: String,
}

/// Returns the rooms that the person was taken out of, and the number of connections. An unknown person is in none.
pub async fn kick(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Kick { user_id, room_pattern } = read_signed(&state, &headers, &body)?;
    let mut rooms = BTreeSet::new();
    let mut kicked = 0;
    if let Ok(user_id) = Uuid::try_parse(&user_id) {
        for connection in state.publisher.connections(Some(user_id)) {
            for room in connection.rooms.iter().filter(|room| room.to_string() == room_pattern) {
                state.publisher.deny(connection.id, room);
                rooms.insert(room.to_string());
                kicked += 1;
            }
        }
        reauthorize(&state.pool, &state.publisher, Some(user_id)).await.map_err(|error| {
            tracing::warn!(%error, "rights could not be checked again");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"error": "the database does not answer"})))
        })?;
    }
    Ok(Json(json!({"success": true, "kickedCount": kicked, "rooms": rooms})))
}
