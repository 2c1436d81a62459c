//! `/api/storage/sweep`: the worker asks for it once an hour.

use crate::AppState;
use crate::error::Error;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::time::Duration;

/// Age from which a temporary file belongs to no upload any more.
const TEMP_AGE: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/storage/sweep", post(sweep_storage))
}

/// Removes what crashes and deletions left in the store: temporary files and blobs without a content.
async fn sweep_storage(State(state): State<AppState>) -> Result<Json<Value>, Error> {
    // One walk at a time: who asks during one is answered when there is nothing left to do.
    let _turn = state.sweep.lock().await;
    let swept = jobs::sweep_storage(&state.context, TEMP_AGE).await.map_err(|error| {
        tracing::error!("the sweep of the store failed: {error:#}");
        Error::Internal
    })?;
    tracing::info!(swept.temp_files, swept.blobs, swept.freed_bytes, "store swept");
    Ok(Json(json!({
        "success": true,
        "tempFiles": swept.temp_files,
        "blobs": swept.blobs,
        "freedBytes": swept.freed_bytes,
    })))
}
