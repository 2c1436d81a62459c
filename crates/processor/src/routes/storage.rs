//! `/api/storage/sweep`: the worker asks for it once an hour.

use crate::AppState;
use crate::error::Error;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/storage/sweep", post(sweep_storage))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Take also what is more than a sweep takes unasked. A database that is not the store's is refused all the same.
    #[serde(default)]
    force: bool,
}

/// Moves what deletions left in the store to its trash, empties that after a week, and removes what crashes left.
async fn sweep_storage(
    State(state): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Error> {
    let Query(Asked { force }) = asked?;
    let swept = state.sweep.run(&state.context, force).await?;
    tracing::info!(swept.temp_files, swept.blobs, swept.trashed_bytes, swept.freed_bytes, force, "store swept");
    Ok(Json(json!({
        "success": true,
        "tempFiles": swept.temp_files,
        "blobs": swept.blobs,
        "trashedBytes": swept.trashed_bytes,
        "freedBytes": swept.freed_bytes,
    })))
}
