//! `/api/storage/sweep`: the worker asks for it once an hour.

use crate::AppState;
use crate::error::Error;
use crate::extract::{Json, Query};
use crate::resumable::count_announced;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use model::wire::{STORAGE_SWEEP_PATH, StorageSwept};
use serde::Deserialize;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(STORAGE_SWEEP_PATH, post(sweep_storage))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SweepQuery {
    /// Take also what is more than a sweep takes unasked. A database that is not the store's is refused all the same.
    #[serde(default)]
    force: bool,
}

/// Moves what deletions left in the store to its trash, empties that after a week, and removes what crashes left.
async fn sweep_storage(
    State(state): State<AppState>,
    Query(SweepQuery { force }): Query<SweepQuery>,
) -> Result<Json<StorageSwept>, Error> {
    let swept = state.sweep.run(&state.context, force).await?;
    count_announced(&state).await?;
    tracing::info!(
        swept.temp_files,
        swept.artifacts,
        swept.blobs,
        swept.trashed_bytes,
        swept.freed_bytes,
        force,
        "store swept"
    );
    if swept.waits_for_backup {
        tracing::info!("what is to go to the trash waits until the backup that is being made is done");
    }
    // The answer is one of PageSpace's shape; artifacts without a row are in the log, and their bytes among those that were freed.
    let jobs::Swept { temp_files, artifacts: _, blobs, trashed_bytes, freed_bytes, waits_for_backup } = swept;
    Ok(Json(StorageSwept { blobs, freed_bytes, success: true, temp_files, trashed_bytes, waits_for_backup }))
}
