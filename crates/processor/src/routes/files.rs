//! `/api/files/:hash`: PageSpace lets go of a file that none of its pages has any more.

use crate::AppState;
use crate::error::Error;
use crate::extract::{Path, content_hash};
use axum::extract::State;
use axum::routing::delete;
use axum::{Json, Router};
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/files/{hash}", delete(delete_file))
}

/// Removes every file of that content which is in no drive of ours: PageSpace's. When a drive has it too, that one keeps it, and
/// neither original nor images are deleted. Bytes without a content go to the store's trash with the next sweep.
async fn delete_file(State(state): State<AppState>, Path(hash): Path<String>) -> Result<Json<Value>, Error> {
    let hash = content_hash(&hash)?;
    let mut tx = db::begin(&state.context.pool).await?;
    let released = db::contents::release_foreign(&mut tx, &hash).await?.ok_or(Error::ContentNotFound)?;
    tx.commit().await?;
    tracing::info!(content.hash = %hash, files = released.files, gone = released.is_gone, "PageSpace let go of a file");
    Ok(Json(json!({
        "success": true,
        "contentHash": hash,
        "originalDeleted": released.is_gone,
        "cacheDeleted": released.is_gone && released.had_artifacts,
    })))
}
