//! `/api/queue/status`: what SQL counts.

use crate::AppState;
use crate::error::Error;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use model::JobKind;
use queue::KindCounts;
use serde_json::{Map, Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/queue/status", get(queue_status))
}

async fn queue_status(State(state): State<AppState>) -> Result<Json<Map<String, Value>>, Error> {
    let counts = count(&state).await?;
    Ok(Json(counts.into_iter().map(|kind| (kind.kind.clone(), described(&kind))).collect()))
}

/// The counts of every kind. One at a time: the route is open, and counting reads many rows.
pub(crate) async fn count(state: &AppState) -> Result<Vec<KindCounts>, Error> {
    let _turn = state.counting.lock().await;
    let known = JobKind::ALL.map(JobKind::name);
    Ok(queue::counts_of(&mut *state.db().await?, &known).await?)
}

fn described(kind: &KindCounts) -> Value {
    json!({
        "active": kind.active,
        "pending": kind.pending,
        "completed": kind.completed,
        "failed": kind.failed,
        "cancelled": kind.cancelled,
        "oldestPendingSeconds": kind.oldest_pending_s,
        "meanMs": kind.mean_ms,
        "p99Ms": kind.p99_ms,
        "failedShare": kind.failed_share,
    })
}
